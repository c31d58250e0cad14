"""Under which address does the list on the screen stand with other filters, or as a file?

Parameters of the address are written by `urlencode`, never handed to `url_for` as its own arguments: a
visitor may write `?endpoint=` or `?_method=` as well.
"""

from typing import Any
from urllib.parse import urlencode

from flask import request, url_for


def url_with(**changes: Any) -> str:
    """The address of this page with some parameters changed; None removes one."""
    path = url_for(request.endpoint or "overview.overview", **(request.view_args or {}))
    return _written(path, request.args.to_dict() | changes)


def same_list(endpoint: str) -> str:
    """The address of another form of this list, with the same filters."""
    return _written(url_for(endpoint), request.args.to_dict())


def _written(path: str, parameters: dict[str, Any]) -> str:
    given = {name: value for name, value in parameters.items() if value not in (None, "")}
    return f"{path}?{urlencode(given)}" if given else path
