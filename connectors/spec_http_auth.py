"""How an HTTP source knows us; every secret comes from the environment (${NAME}) and is never printed."""

from __future__ import annotations

from string import Formatter
from typing import Annotated, Literal

from pydantic import Field, model_validator

from connectors.rulespec import Strict

SIGNED_PARTS = (
    "method", "host", "path", "query", "raw_query", "params", "body", "body_digest", "body_digest_base64", "timestamp", "nonce", "key_id"
)  # fmt: skip


class BearerAuth(Strict):
    """A token in the Authorization header."""

    kind: Literal["bearer"]
    token: str = Field(repr=False)


class HeaderAuth(Strict):
    """An API key in a header of its own."""

    kind: Literal["header"]
    name: str
    token: str = Field(repr=False)


class QueryAuth(Strict):
    """An API key as a parameter of the address."""

    kind: Literal["query"]
    name: str
    token: str = Field(repr=False)


class BasicAuth(Strict):
    """User and password."""

    kind: Literal["basic"]
    user: str
    password: str = Field(repr=False)


class OAuth2Auth(Strict):
    """OAuth2 client credentials: a token is fetched from `token_url`, kept until it expires, and renewed once on a 401."""

    kind: Literal["oauth2"]
    token_url: str
    client_id: str
    client_secret: str = Field(repr=False)
    scope: str = ""
    token_params: dict[str, str] = Field(default_factory=dict, repr=False)
    client_auth: Literal["basic", "post"] = "basic"


class HmacAuth(Strict):
    """A signature over the request.

    `sign` is the text that is signed, with SIGNED_PARTS in braces. `add_headers` and `add_params` are sent along; they may
    also hold {signature}. A parameter without it is added first, so that it is signed with the others.
    """

    kind: Literal["hmac"]
    key: str = Field(repr=False, min_length=1)
    key_form: Literal["text", "hex", "base64"] = "text"
    key_id: str = ""
    algorithm: Literal["sha256", "sha512", "sm3"] = "sha256"
    sign: str = Field(min_length=1)
    signature: Literal["hex", "hex_upper", "base64"] = "hex"
    timestamp: str = "epoch_s"
    add_headers: dict[str, str] = Field(default_factory=dict)
    add_params: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known_parts(self) -> HmacAuth:
        _only(self.sign, set(SIGNED_PARTS), "sign")
        carried = [*self.add_headers.items(), *self.add_params.items()]
        for name, template in carried:
            _only(template, {"timestamp", "nonce", "key_id", "body_digest", "body_digest_base64", "signature"}, name)
        if not any("{signature}" in template for _, template in carried):
            raise ValueError("nothing carries {signature}; name it in add_headers or add_params")
        return self


def _only(template: str, known: set[str], where: str) -> None:
    """Refuse a template with a part that is not known: a request signed over a wrong text is refused without a reason."""
    for _, name, form, conversion in Formatter().parse(template):
        if name is not None and (name not in known or form or conversion):
            raise ValueError(f"{where}: {{{name}}} is none of {', '.join(sorted(known))}")


Auth = Annotated[
    BearerAuth | HeaderAuth | QueryAuth | BasicAuth | OAuth2Auth | HmacAuth,
    Field(discriminator="kind"),
]
AUTHS = (BearerAuth, HeaderAuth, QueryAuth, BasicAuth, OAuth2Auth, HmacAuth)
