"""Does every link lead somewhere, for everybody who is shown it?"""

import re
from html import unescape

import pytest

from tests import cast
from tests.cast import Cast
from tests.web.conftest import SignIn

LINK = re.compile(r'(?:href|data-source|data-basemap|data-network|hx-get)="(/[^"#?]*)')
NOT_FOLLOWED = re.compile(r"/static/|.*/certificate\.pdf")


@pytest.mark.parametrize("username", cast.EVERYONE)
def test_whoever_follows_links_finds_pages(username: str, sign_in: SignIn, people: Cast) -> None:
    client = sign_in(username)
    waiting, seen, broken = ["/"], set[str](), []
    while waiting:
        path = waiting.pop()
        if path in seen or NOT_FOLLOWED.match(path):
            continue
        seen.add(path)
        answer = client.get(path, follow_redirects=True)
        if answer.status_code != 200:
            broken.append((answer.status_code, path))
        elif answer.mimetype == "text/html":
            waiting += [unescape(link) for link in LINK.findall(answer.text)]
    assert broken == []
    assert len(seen) > 15
