"""/api/v1/attachments: how do files come in that an act names, and who reads them?"""

from typing import Any

from flask import Response, request

from tracking.operations.attach import attach
from tracking.queries.attachments import attachment_by_id
from web.api.v1.fields import MAX_NAME, Body, Text
from web.api.v1.operation import Call, NotFound, reads, resource, writes
from web.api.v1.rules import ROW, Kept

attachments = resource("attachments", "/attachments")


class FileName(Body):
    """What the file is called."""

    name = Text(MAX_NAME, load_default="file")


@attachments.post("")
@writes("Send a file (JPEG, PNG, PDF)", Kept, query=FileName, status=201, raw_body=True)
def send(call: Call) -> Any:
    """The body is the file itself; acts name it by its id afterwards."""
    content = request.get_data(cache=True)
    return {"id": attach(call.session, call.query["name"], content, call.viewer, call.setting.now)}


@attachments.get(f"/{ROW}")
@reads("A file as it was sent", None, media_type="application/octet-stream")
def download(call: Call, row_id: int) -> Any:
    """Never shown in place: the answer is a download."""
    found = attachment_by_id(call.session, row_id, call.viewer)
    if found is None:
        raise NotFound
    headers = {"Content-Disposition": "attachment", "ETag": f'"{found.digest}"'}
    return Response(found.content, content_type="application/octet-stream", headers=headers)
