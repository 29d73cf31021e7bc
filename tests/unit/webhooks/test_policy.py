"""Connection overrides and the decision to try again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflash.webhooks.codes import WebhookError
from hookflash.webhooks.policy import DEFAULT, Failure, GiveUp, Policy, Retry, after_failure, parse_overrides


def test_every_key() -> None:
    """Each key sets its own limit; rp and e are lists."""
    policy = parse_overrides("rc=2&rp=5xx,rt&ct=1000&rt=2000&tt=3000&sni=n&e=dublin,tokyo")
    assert policy == Policy(
        connect=1000,
        read=2000,
        total=3000,
        retries=2,
        retry_on=frozenset({Failure.SERVER_ERROR, Failure.READ}),
        sni=False,
        edges=("dublin", "tokyo"),
    )


@pytest.mark.parametrize("fragment", ["", "section", "chapter=2"])
def test_an_ordinary_anchor_changes_nothing(fragment: str) -> None:
    """Only the documented keys mean anything: 5 s to connect, 15 s for all, one retry after a connect failure."""
    assert parse_overrides(fragment) is DEFAULT
    assert (DEFAULT.connect, DEFAULT.read, DEFAULT.total, DEFAULT.retries) == (5000, 15000, 15000, 1)
    assert DEFAULT.retry_on == {Failure.CONNECT}


def test_all_names_every_failure() -> None:
    """`rp=all` stands for the four kinds."""
    assert parse_overrides("rp=all").retry_on == set(Failure)


@pytest.mark.parametrize(
    ("key", "low", "high"), [("ct", 100, 10000), ("rt", 100, 15000), ("tt", 100, 15000), ("rc", 0, 5)]
)
def test_ranges(key: str, low: int, high: int) -> None:
    """The bounds themselves are allowed, one beyond is 11243."""
    parse_overrides(f"{key}={low}")
    parse_overrides(f"{key}={high}")
    for wrong in (low - 1, high + 1, "", "x", "1e3", "٣٠٠"):
        with pytest.raises(WebhookError, match="11243"):
            parse_overrides(f"{key}={wrong}")


@pytest.mark.parametrize(
    ("fragment", "code"),
    [
        ("e=atlantis", 11240),
        ("e=ashburn,", 11240),
        ("e=roaming", 11241),
        ("e=london-ix", 11242),
        ("rp=6xx", 11243),
        ("rp=", 11243),
        ("sni=maybe", 11243),
    ],
)
def test_bad_values(fragment: str, code: int) -> None:
    """Edges and retry policies that do not exist have codes of their own."""
    with pytest.raises(WebhookError) as refusal:
        parse_overrides(fragment)
    assert refusal.value.code.number == code


def test_retries_rotate_the_edges_and_end() -> None:
    """Each retry takes the next edge of the list; after `rc` of them the failure stands."""
    policy = parse_overrides("rc=3&rp=ct&e=dublin,tokyo")
    decisions = [after_failure(policy, Failure.CONNECT, tries=tries, elapsed=0) for tries in (1, 2, 3, 4)]
    assert decisions[:3] == [Retry("tokyo"), Retry("dublin"), Retry("tokyo")]
    assert isinstance(decisions[3], GiveUp)


@given(
    failure=st.sampled_from([None, *Failure]),
    named=st.frozensets(st.sampled_from(Failure)),
    tries=st.integers(1, 7),
    retries=st.integers(0, 5),
    elapsed=st.integers(0, 20_000),
)
def test_a_retry_needs_its_kind_a_try_left_and_time(
    failure: Failure | None, named: frozenset[Failure], tries: int, retries: int, elapsed: int
) -> None:
    """There is another try exactly if the policy names the failure, tries are left and the time is not over."""
    policy = Policy(retries=retries, retry_on=named)
    decision = after_failure(policy, failure, tries=tries, elapsed=elapsed)
    assert isinstance(decision, Retry) == (failure in named and tries <= retries and elapsed < policy.total)
