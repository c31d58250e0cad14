"""Which form takes a file of positions?"""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import FileStorage
from wtforms import FileField, SelectField, StringField

from gps_ingest.decoders.fix_fields import MAX_CODE
from models.vocabulary import Protocol
from reports import wording
from web.forms.base import Form, no_longer_than, required, stripped
from web.languages import language
from web.upload_formats import file_formats, format_of_name


class UploadForm(Form):
    """A file of positions, of which device, in which format."""

    device = StringField(_("Device"), filters=[stripped], validators=[required, no_longer_than(MAX_CODE)])
    format = SelectField(_("Format"))
    file = FileField(_("File"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.value, wording.label(one, language())) for one in file_formats()]
        self.format.choices = [("", _("by the file's name")), *named]

    @property
    def sent(self) -> FileStorage | None:
        """The file; None when none was chosen."""
        given = request.files.get("file")
        return given if given is not None and given.filename else None

    @property
    def protocol(self) -> Protocol | None:
        """The format that was chosen, or that the file's name says."""
        if self.format.data:
            return Protocol(self.format.data)
        return format_of_name(self.sent.filename or "") if self.sent else None
