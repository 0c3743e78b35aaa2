"""HUB-22: what the hub service signs, and everything that is not quite that."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from jupyterlab_cohost.core.audience import HubIdentity
from jupyterlab_cohost.http.identities.assertions import Verifier
from jupyterlab_cohost.http.identities.errors import SignInFailed, UnknownKey
from jupyterlab_cohost.hub_service.keys import KeyRing
from jupyterlab_cohost.protocol.assertions import TYPE, nonce_of

from .support.sessions_kit import FakeClock

COOKIE, GATEWAY, SERVICE = "the cookie", "/user/ada/cohost/g/one/", "/services/cohost/"
EXPECTED = {"issuer": SERVICE, "audience": GATEWAY, "cookie": COOKIE}
CLAIMS: dict[str, Any] = {
    **{"iss": SERVICE, "aud": GATEWAY, "sub": "bo", "groups": ["physics"], "nonce": nonce_of(COOKIE)},
}


class Desk:
    """A service's keys and a server that has them, on one clock."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.ring = KeyRing(folder / "keys.json", self.clock.now)
        self.verifier = Verifier(self.clock.now)
        self.verifier.set_keys(self.ring.public())

    def private(self) -> Any:
        entry = json.loads(next(iter(self.ring._file.parent.glob("keys.json"))).read_text())["keys"][-1]
        return OKPAlgorithm.from_jwk(entry["jwk"]), entry["kid"]

    def signed(self, *, headers: dict[str, Any] | None = None, leave_out: str = "", **claims: Any) -> str:
        """By the right key, with the given changes."""
        key, kid = self.private()
        now = int(self.clock.now())
        whole = {**CLAIMS, "jti": "a", "iat": now, "exp": now + 60, **claims}
        whole.pop(leave_out, None)
        return jwt.encode(whole, key, algorithm="EdDSA", headers={"kid": kid, "typ": TYPE, **(headers or {})})


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_hub_22_what_the_service_signs_is_taken_once(desk: Desk) -> None:
    assertion = desk.ring.sign(CLAIMS)
    assert desk.verifier.identity(assertion, **EXPECTED) == HubIdentity("bo", frozenset({"physics"}))
    with pytest.raises(SignInFailed):
        desk.verifier.identity(assertion, **EXPECTED)


@pytest.mark.parametrize(
    "changed",
    [
        *({"audience": f"/user/{place}/"} for place in ("ada/cohost/g/two", "mallory/cohost/g/one")),
        *({"issuer": "/services/other/"}, {"cookie": "another browser's"}, {"cookie": ""}),
    ],
    ids=str,
)
def test_hub_22_for_another_session_service_or_browser_it_is_nothing(desk: Desk, changed: dict[str, str]) -> None:
    assertion = desk.ring.sign(CLAIMS)
    with pytest.raises(SignInFailed):
        desk.verifier.identity(assertion, **{**EXPECTED, **changed})
    assert desk.verifier.identity(assertion, **EXPECTED).user == "bo"  # nobody used it up for its person


@pytest.mark.parametrize("seconds", [-71, 71, 100_000], ids=str)
def test_hub_22_too_late_or_too_early(desk: Desk, seconds: int) -> None:
    assertion = desk.ring.sign(CLAIMS)
    desk.clock.time += seconds
    with pytest.raises(SignInFailed):
        desk.verifier.identity(assertion, **EXPECTED)


def test_hub_22_a_replay_is_refused_as_long_as_the_assertion_is_good(desk: Desk) -> None:
    assertion = desk.ring.sign(CLAIMS)
    desk.verifier.identity(assertion, **EXPECTED)
    for _ in range(14):
        desk.clock.time += 5
        with pytest.raises(SignInFailed):
            desk.verifier.identity(assertion, **EXPECTED)


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "groups", "nonce", "jti", "iat", "exp"])
def test_hub_22_nothing_may_be_missing(desk: Desk, claim: str) -> None:
    with pytest.raises(SignInFailed):
        desk.verifier.identity(desk.signed(leave_out=claim), **EXPECTED)


@pytest.mark.parametrize(
    "wrong",
    [
        *({"sub": ""}, {"sub": 7}, {"groups": "physics"}, {"groups": [1]}, {"groups": ["g"] * 1001}, {"nonce": 1}),
        *({"aud": [GATEWAY, "other"]}, {"aud": [GATEWAY]}, {"exp": 10**12}, {"exp": "soon"}, {"iat": 1}, {"iat": True}),
    ],
    ids=lambda wrong: str(wrong)[:40],
)
def test_hub_22_wrong_kinds_and_a_long_life(desk: Desk, wrong: dict[str, Any]) -> None:
    with pytest.raises(SignInFailed):
        desk.verifier.identity(desk.signed(**wrong), **EXPECTED)


def test_hub_22_another_kind_of_token_of_the_same_key(desk: Desk) -> None:
    for typ in ("JWT", "at+jwt", None):
        with pytest.raises(SignInFailed):
            desk.verifier.identity(desk.signed(headers={"typ": typ}), **EXPECTED)


def test_hub_22_a_key_of_somebody_else(desk: Desk) -> None:
    """Under the right key's name it does not fit; under its own, in the header or not, it is unknown."""
    foreign, (_, kid) = Ed25519PrivateKey.generate(), desk.private()
    now = int(desk.clock.now())
    whole = {**CLAIMS, "jti": "a", "iat": now, "exp": now + 60}
    jwk = json.loads(OKPAlgorithm.to_jwk(foreign.public_key()))
    for headers in ({"kid": kid}, {"kid": "mine"}, {"kid": "mine", "jwk": jwk}, {"kid": kid, "jwk": jwk}, {}):
        assertion = jwt.encode(whole, foreign, algorithm="EdDSA", headers={"typ": TYPE, **headers})
        with pytest.raises(UnknownKey if headers.get("kid") != kid else SignInFailed):
            desk.verifier.identity(assertion, **EXPECTED)


def _unsigned(desk: Desk) -> str:
    _, payload, _ = desk.signed().split(".")
    return f"{_part({'alg': 'none', 'typ': TYPE, 'kid': desk.private()[1]})}.{payload}."


def _signed_with_the_public_key(desk: Desk) -> str:
    """The old trick: the public key as the secret of a symmetric signature."""
    _, payload, _ = desk.signed().split(".")
    public = desk.ring.public()["keys"][-1]
    secret = base64.urlsafe_b64decode(public["x"] + "==")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return jwt.encode(claims, secret, algorithm="HS256", headers={"kid": public["kid"], "typ": TYPE})


def _changed(desk: Desk) -> str:
    header, payload, signature = desk.signed().split(".")
    claims = {**json.loads(base64.urlsafe_b64decode(payload + "==")), "sub": "ada"}
    return f"{header}.{_part(claims)}.{signature}"


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("forge", [_unsigned, _signed_with_the_public_key, _changed])
def test_hub_22_forgeries(desk: Desk, forge: Callable[[Desk], str]) -> None:
    with pytest.raises(SignInFailed):
        desk.verifier.identity(forge(desk), **EXPECTED)


@pytest.mark.parametrize("nonsense", [None, 7, {}, "", ".", "a.b.c", "é" * 20, "x" * 20_000, "e30.e30.e30"], ids=repr)
def test_hub_22_nonsense(desk: Desk, nonsense: object) -> None:
    with pytest.raises(SignInFailed):
        desk.verifier.identity(nonsense, **EXPECTED)


def test_hub_23_keys_are_replaced_and_the_old_one_is_shown_for_a_while(desk: Desk) -> None:
    before = desk.ring.sign(CLAIMS)
    first = [key["kid"] for key in desk.ring.public()["keys"]]
    desk.clock.time += 31 * 86400
    after = desk.ring.sign(CLAIMS)
    both = [key["kid"] for key in desk.ring.public()["keys"]]
    assert both[0] == first[0] and len(both) == 2
    with pytest.raises(UnknownKey):
        desk.verifier.identity(after, **EXPECTED)
    desk.verifier.set_keys(desk.ring.public())
    assert desk.verifier.identity(after, **EXPECTED).user == "bo"
    with pytest.raises(SignInFailed):
        desk.verifier.identity(before, **EXPECTED)
    desk.clock.time += 31 * 86400
    desk.ring.sign(CLAIMS)
    assert first[0] not in [key["kid"] for key in desk.ring.public()["keys"]]


def test_hub_23_only_the_service_reads_its_keys_and_they_outlive_it(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    assert file.stat().st_mode & 0o777 == 0o600
    again = KeyRing(file, desk.clock.now)
    assert again.public() == desk.ring.public()
    assert "d" not in {name for key in again.public()["keys"] for name in key}


def test_hub_23_a_broken_key_file_is_set_aside(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    for broken in ("", "[]", '{"keys": [{"kid": "a", "made_at": 1, "jwk": {"kty": "OKP"}}]}'):
        file.write_text(broken)
        KeyRing(file, desk.clock.now).sign(CLAIMS)
        assert file.with_name("keys.json.unreadable").read_text() == broken
