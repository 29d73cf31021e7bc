"""The webhook validators of the PHP and Ruby pages accept what is signed rightly, and nothing else."""

import json
import subprocess

import pytest
from tests.sdk.sdk_support import QUICKSTARTS

TOKEN = "12345"
FIELDS = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}
OTHER_CALLER = {**FIELDS, "Caller": "+14158675310", "From": "+14158675310"}
BODY_HASH = "bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"

# The published vectors: URL, form fields, signature.
VECTORS = [
    ("https://example.com/myapp.php?foo=1&bar=2", OTHER_CALLER, "L/OH5YylLD5NRKLltdqwSvS0BnU="),
    ("https://mycompany.com/myapp.php?foo=1&bar=2", FIELDS, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
    ("http://mycompany.com:1234/myapp.php?foo=1&bar=2", FIELDS, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
    (f"https://mycompany.com/myapp.php?foo=1&bar=2&{BODY_HASH}", {}, "a9nBmqA0ju/hNViExpshrM61xv4="),
]

PHP = (
    "require $argv[1]; foreach (json_decode($argv[2], true) as [$token, $url, $fields, $signature])"
    " echo json_encode(is_signed($token, $url, $fields, $signature)), ' ';"
)
RUBY = (
    "require 'json'; require ARGV[0]; JSON.parse(ARGV[1]).each"
    " { |token, url, fields, signature| print signed?(token, url, fields, signature), ' ' }"
)

VALIDATORS = {
    "php": ["php", "-r", PHP, "--", str(QUICKSTARTS / "php/signature.php")],
    "ruby": ["ruby", "-e", RUBY, "--", str(QUICKSTARTS / "ruby/signature.rb")],
}


def verdicts(language: str, cases: list[tuple[str, str, dict[str, str], str]]) -> list[str]:
    command = [*VALIDATORS[language], json.dumps(cases)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("language", VALIDATORS)
def test_the_published_vectors_are_accepted(language: str) -> None:
    """URL with query and port, form fields, and a body known by its hash."""
    assert verdicts(language, [(TOKEN, *vector) for vector in VECTORS]) == ["true"] * len(VECTORS)


@pytest.mark.parametrize("language", VALIDATORS)
def test_anything_else_is_refused(language: str) -> None:
    """Another token, another URL, another field, a cut or empty signature."""
    url, fields, signature = VECTORS[1]
    wrong = [
        ("54321", url, fields, signature),
        (TOKEN, url + "&more=1", fields, signature),
        (TOKEN, url, {**fields, "Digits": "1235"}, signature),
        (TOKEN, url, fields, signature[:-1]),
        (TOKEN, url, fields, ""),
    ]
    assert verdicts(language, wrong) == ["false"] * len(wrong)
