"""Basic and Digest."""

import pytest

from hookflash.webhooks.login import Login


def test_nothing_is_sent_before_it_is_asked_for() -> None:
    """Without a challenge there is no Authorization header."""
    assert Login("user", "pass").headers("GET", "http://h.test/") == {}


def test_basic() -> None:
    """Basic is sent once; a second 401 means that the password is wrong."""
    login = Login("Aladdin", "open sesame")
    assert login.challenged(['Basic realm="x"'])
    assert login.headers("GET", "http://h.test/") == {"Authorization": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}
    assert not login.challenged(['Basic realm="x"'])


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_digests_of_the_standard(algorithm: str, response: str) -> None:
    """The examples of RFC 7616 §3.9.1 come out."""
    nonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    login = Login("Mufasa", "Circle of Life", make_nonce=lambda: nonce)
    assert login.challenged(
        [
            'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=' + algorithm + ", "
            'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
            'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
        ]
    )
    header = login.headers("GET", "http://www.example.org/dir/index.html")["Authorization"]
    assert f'response="{response}"' in header
    assert 'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"' in header
    assert "nc=00000001" in header


def test_digest_counts_and_follows_a_stale_nonce() -> None:
    """The count grows with each use of a nonce; a stale nonce is replaced, any other 401 is final."""
    login = Login("u", 'p"w')
    assert login.challenged(['Basic realm="x"', 'Digest realm="a\\"b", nonce="1", qop="auth"'])
    assert "nc=00000001" in login.headers("POST", "http://h.test/a?b")["Authorization"]
    assert "nc=00000002" in login.headers("POST", "http://h.test/a?b")["Authorization"]
    assert login.challenged(['Digest realm="x", nonce="2", stale=TRUE, qop="auth"'])
    assert 'nonce="2"' in login.headers("POST", "http://h.test/")["Authorization"]
    assert not login.challenged(['Digest realm="x", nonce="3", qop="auth"'])


@pytest.mark.parametrize(
    "challenge", ["", "Negotiate", "Digest", 'Digest nonce=""', 'Digest nonce="1", algorithm=ROT13']
)
def test_challenges_that_cannot_be_met(challenge: str) -> None:
    """An unknown scheme or hash gets no answer."""
    login = Login("u", "p")
    assert not login.challenged([challenge])
    assert login.headers("GET", "http://h.test/") == {}
