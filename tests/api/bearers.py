"""An identity provider's keys, and tokens that they or a stranger's have signed."""

import json
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

ISSUER, AUDIENCE = "https://id.example/realms/forum", "forum-matcher"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public(key: Any, name: str) -> dict[str, Any]:
    """What a key set has of a key."""
    algorithm = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    found: dict[str, Any] = algorithm.to_jwk(key.public_key(), as_dict=True)
    return {**found, "kid": name, "use": "sig", "alg": "RS256" if algorithm is jwt.algorithms.RSAAlgorithm else "ES256"}


def key_set_of(**keys: Any) -> str:
    """A key set (RFC 7517) of these by their ids."""
    return json.dumps({"keys": [public(key, name) for name, key in keys.items()]})


def token(key: Any = RSA, kid: str | None = "rsa", algorithm: str = "RS256", **claims: Any) -> str:
    """A good token of the platform's, but for what is given; a claim that is None is left out."""
    now = int(time.time())
    full = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "somebody",
        "exp": now + 60,
        "iat": now,
        "scope": "openid matcher:platform",
        **claims,
    }
    kept = {name: value for name, value in full.items() if value is not None}
    return jwt.encode(kept, key, algorithm=algorithm, headers={"kid": kid} if kid else {})
