"""A recruiter's browser, as far as the service can tell; and whether what it is shown is whole HTML."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from api.pages.addresses import KEY_COOKIE

HERE = "http://testserver"
VOID = frozenset("br hr img input link meta".split())


@dataclass
class Browser:
    """Sends the cookies that it has, and where its forms come from."""

    client: TestClient
    key: str | None = None
    language: str = "fr"
    cookies: dict[str, str] = field(default_factory=dict)

    def open(
        self,
        path: str,
        form: Mapping[str, Any] | None = None,
        *,
        method: str = "",
        request_id: str = "the-same",
        **headers: str,
    ) -> Response:
        """Ask for a page, or send a form there; no redirect is followed."""
        cookies = {**({KEY_COOKIE: self.key} if self.key else {}), **self.cookies}
        sent = {"X-Request-Id": request_id, "Accept-Language": self.language}
        if cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        chosen = method or ("GET" if form is None else "POST")
        if chosen == "POST":
            sent["Origin"] = HERE
        self.client.cookies.clear()
        return self.client.request(chosen, path, data=form, headers={**sent, **headers}, follow_redirects=False)

    def go(self, path: str, form: Mapping[str, Any] | None = None) -> Response:
        """The same, and go on to where that leads."""
        answer = self.open(path, form)
        return self.open(answer.headers["location"]) if answer.is_redirect else answer


class Outline(HTMLParser):
    """What a page is made of. Whatever is not well-formed, or not accessible in the basics, is in `wrong`."""

    def __init__(self, answer: Response) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self._texts: dict[str, list[str]] = {}
        self.feed(answer.text)
        self.close()
        self._check()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len({name for name, _ in attrs}) < len(attrs):
            self.wrong.append(f"an attribute of {tag} stands twice")
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.wrong.append(f"</{tag}> ends something else")

    def handle_data(self, data: str) -> None:
        for tag in self._open:
            self._texts.setdefault(tag, []).append(data)

    def every(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of all such elements."""
        return [attrs for name, attrs in self.tags if name == tag]

    def text(self, tag: str) -> str:
        """All text inside such elements, with single spaces."""
        return " ".join("".join(self._texts.get(tag, ())).split())

    def _check(self) -> None:
        ids = [attrs["id"] for _, attrs in self.tags if "id" in attrs]
        links = ("aria-describedby", "aria-labelledby", "form")
        named = [str(attrs[name]).split() for _, attrs in self.tags for name in links if name in attrs]
        labelled = {attrs.get("for") for attrs in self.every("label")}
        fields = [one.get("id") for one in self.every("input") if one.get("type") != "hidden"]
        levels = [int(tag[1]) for tag, _ in self.tags if re.fullmatch("h[1-6]", tag)]
        loose = [name for _, attrs in self.tags for name in attrs if name.startswith("on") or name == "style"]
        once = ("h1", "main", "header", "footer", "title")
        checks = {
            f"not ended: {self._open}": not self._open,
            "an id stands twice": len({*ids}) == len(ids),
            "no language": [attrs.get("lang") for attrs in self.every("html")] in (["fr"], ["en"]),
            "not each landmark once": all(len(self.every(tag)) == 1 for tag in once),
            f"no label: {fields}": {*fields} <= labelled,
            "what is named is not there": {one for names in named for one in names} <= {*ids},
            "a link leads nowhere": {
                str(one["href"])[1:] for one in self.every("a") if str(one["href"]).startswith("#")
            }
            <= {*ids},
            "a table without a caption": len(self.every("caption")) == len(self.every("table")),
            "a header without a scope": all("scope" in attrs for attrs in self.every("th")),
            "no way to skip to the content": "content" in ids
            and {"href": "#content", "class": "skip"} in self.every("a"),
            f"the policy forbids {loose}": not loose,
            "the policy forbids an element": not {tag for tag, _ in self.tags} & {"script", "style", "iframe", "img"},
            f"a heading is left out: {levels}": all(after <= before + 1 for before, after in pairwise(levels)),
        }
        self.wrong += [said for said, is_right in checks.items() if not is_right]


def outline(answer: Response, status: int = 200) -> Outline:
    """A page's outline: it is whole, and of that status."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    found = Outline(answer)
    assert found.wrong == []
    return found


def escaped(text: str) -> str:
    """A text as a page holds it."""
    return html.escape(text, quote=True).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")
