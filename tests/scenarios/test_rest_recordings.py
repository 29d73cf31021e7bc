"""Recordings over REST: begun and stopped on live calls, listed, heard, deleted."""

import wave
from collections.abc import AsyncIterator, Mapping
from io import BytesIO
from pathlib import Path

import pytest
from tests.scenarios.calls_support import RATE, Stage, stage, write_wav
from tests.scenarios.rest_support import Reply

from hookflash.domain.recording import Recording
from hookflash.runtime.lost_calls import close_lost


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as found:
        yield found


async def heard(
    here: Stage, recording: Recording, suffix: str = "", *, method: str = "GET", headers: dict[str, str] | None = None
) -> tuple[int, bytes, Mapping[str, str]]:
    """Status, bytes and headers of a recording's sound, asked for without credentials; `suffix` may have a query."""
    url = f"{here.api.server.ready['api']}{recording.path}{suffix}"
    async with here.api.session.request(method, url, headers=headers) as answer:
        return answer.status, await answer.read(), answer.headers


async def live(here: Stage) -> str:
    sid = await here.calls.incoming()
    await here.calls.answer(sid)
    return sid


async def record(here: Stage, sid: str, **form: str) -> Reply:
    return await here.api.post(f"~/Calls/{sid}/Recordings.json", **form)


async def test_a_live_call_is_recorded(here: Stage) -> None:
    """201 with a recording in progress, whose duration is -1 until it is known."""
    sid = await live(here)
    reply = await record(here, sid, RecordingChannels="dual", RecordingTrack="outbound")
    made = reply.json
    assert reply.status == 201
    wanted = {
        "call_sid": sid,
        "channels": 2,
        "track": "outbound",
        "status": "in-progress",
        "source": "StartCallRecordingAPI",
        "duration": "-1",
        "price": None,
        "encryption_details": None,
        "uri": f"/2010-04-01/Accounts/{here.api.sid}/Calls/{sid}/Recordings/{made['sid']}.json",
    }
    assert {name: made[name] for name in wanted} == wanted
    assert (await here.api.get(f"~/Calls/{sid}/Recordings.json")).json["recordings"] == [made]


async def test_a_recording_pauses_goes_on_and_stops(here: Stage) -> None:
    """`Twilio.CURRENT` stands for the one that is being made; a finished one cannot be changed."""
    sid = await live(here)
    made = (await record(here, sid)).json["sid"]
    path = f"~/Calls/{sid}/Recordings/Twilio.CURRENT.json"
    assert (await here.api.post(path, Status="paused", PauseBehavior="skip")).json["status"] == "paused"
    assert (await here.api.post(path, Status="paused")).json["status"] == "paused"
    assert (await here.api.post(path, Status="in-progress")).json["status"] == "in-progress"
    stopped = (await here.api.post(path, Status="stopped")).json
    assert (stopped["sid"], stopped["status"]) == (made, "stopped")
    assert here.calls.asked == [("pause", False), ("resume",), ("stop",)]
    shown = (await here.api.get(f"~/Calls/{sid}/Recordings/{made}.json")).json
    assert (shown["status"], shown["duration"]) == ("completed", "2")
    assert (await here.api.post(path, Status="paused")).status == 404
    assert (await here.api.post(f"~/Calls/{sid}/Recordings/{made}.json", Status="paused")).code == 21220
    assert (await here.api.post(f"~/Calls/{sid}/Recordings/{made}.json", Status="louder")).code == 20422
    assert (await here.api.post(f"~/Calls/{sid}/Recordings/{made}.json")).code == 20001


async def test_only_a_call_in_progress_is_recorded(here: Stage) -> None:
    """A ringing one, an unknown one, one whose process is gone."""
    ringing = await here.calls.incoming()
    assert (await record(here, ringing)).code == 21220
    assert (await record(here, "CA" + "0" * 32)).status == 404
    gone = await live(here)
    here.calls.live.clear()
    assert (await record(here, gone)).code == 21220


async def test_a_recording_is_told_of(here: Stage) -> None:
    """in-progress and completed, with a link to the sound that needs no suffix, or takes one."""
    sid = await live(here)
    callback = here.app.url("/recorded")
    events = {"RecordingStatusCallbackEvent": "in-progress completed"}
    made = (await record(here, sid, RecordingStatusCallback=callback, **events)).json["sid"]
    begun = await here.app.asked("/recorded")
    assert (begun.params["RecordingStatus"], begun.params["RecordingSid"]) == ("in-progress", made)
    await here.api.post(f"~/Calls/{sid}/Recordings/{made}.json", Status="stopped")
    ended = (await here.app.asked("/recorded")).params
    assert (ended["RecordingStatus"], ended["RecordingDuration"], ended["CallSid"]) == ("completed", "2", sid)
    base = here.api.server.ready["api"]
    assert ended["RecordingUrl"] == f"{base}/2010-04-01/Accounts/{here.api.sid}/Recordings/{made}"


async def test_the_sound_comes_as_wav_and_as_mp3(here: Stage) -> None:
    """Without suffix and with .wav: 16 bits at 8 kHz. As .mp3: 32 kbit/s. With .json: what is known of it."""
    recording = await here.calls.recorded(seconds=3)
    status, plain, headers = await heard(here, recording)
    assert (status, headers["Content-Type"]) == (200, "audio/x-wav")
    assert (await heard(here, recording, ".WAV"))[1] == plain
    with wave.open(BytesIO(plain)) as sound:
        assert sound.getparams()[:4] == (1, 2, RATE, 3 * RATE)
    status, mp3, headers = await heard(here, recording, ".mp3")
    assert (status, headers["Content-Type"]) == (200, "audio/mpeg")
    assert len(mp3) == pytest.approx(3 * 4_000, rel=0.1)
    assert mp3[0] == 0xFF
    shown = (await here.api.get(f"~/Recordings/{recording.sid}.json")).json
    assert (shown["status"], shown["duration"], shown["source"]) == ("completed", "3", "DialVerb")
    assert shown["media_url"].endswith(recording.path)
    assert shown["subresource_uris"]["transcriptions"] == f"{recording.path}/Transcriptions.json"


async def test_two_channels_can_be_heard_as_one(here: Stage) -> None:
    """RequestedChannels=1 mixes them: half as loud, where one side is silent; nonsense is refused."""
    recording = await here.calls.recorded(channels=2, seconds=1)
    both = (await heard(here, recording, "?RequestedChannels=2"))[1]
    mixed = (await heard(here, recording, ".wav?RequestedChannels=1"))[1]
    with wave.open(BytesIO(both)) as two, wave.open(BytesIO(mixed)) as one:
        assert (two.getnchannels(), one.getnchannels(), one.getnframes()) == (2, 1, RATE)
        assert one.readframes(3) == bytes([0, 0, 0, 0, 1, 0])
    assert (await heard(here, recording, ".mp3?RequestedChannels=1"))[0] == 200
    assert (await heard(here, recording, "?RequestedChannels=3"))[0] == 400


async def test_a_part_can_be_had(here: Stage) -> None:
    """Range and HEAD as RFC 9110 §14 has them; several ranges, or nonsense, get the whole."""
    recording = await here.calls.recorded()
    whole = (await heard(here, recording))[1]
    size = len(whole)
    for asked, status, part in (
        ("bytes=0-3", 206, whole[:4]),
        ("bytes=10-", 206, whole[10:]),
        ("bytes=-5", 206, whole[-5:]),
        (f"bytes=5-{size * 2}", 206, whole[5:]),
        (f"bytes={size}-", 416, b""),
        ("bytes=-0", 416, b""),
        ("bytes=3-1", 200, whole),
        ("bytes=0-1,3-4", 200, whole),
        ("lines=1-2", 200, whole),
    ):
        got = await heard(here, recording, headers={"Range": asked})
        assert got[:2] == (status, part), asked
    status, body, headers = await heard(here, recording, method="HEAD")
    assert (status, body, headers["Content-Length"]) == (200, b"", str(size))
    assert (await heard(here, recording, "?Download=true"))[2]["Content-Disposition"]


async def test_a_recording_in_progress_cannot_be_heard(here: Stage) -> None:
    """404 until it is complete; nor can it be deleted."""
    sid = await live(here)
    recording = await here.calls.record(sid)
    assert (await heard(here, recording))[0] == 404
    assert (await here.api.delete(f"~/Recordings/{recording.sid}.json")).code == 20009


async def test_a_deleted_recording_is_gone_but_for_those_who_ask(here: Stage) -> None:
    """Its sound goes from the disk; what is known of it stays with IncludeSoftDeleted."""
    recording = await here.calls.recorded()
    await heard(here, recording, ".mp3")
    path = f"~/Recordings/{recording.sid}.json"
    assert (await here.api.delete(path)).status == 204
    assert (await heard(here, recording))[0] == 404
    assert (await here.api.get(path)).status == 404
    assert (await here.api.get("~/Recordings.json")).json["recordings"] == []
    shown = (await here.api.get(path, IncludeSoftDeleted="true")).json
    assert shown["status"] == "deleted"
    assert (await here.api.get("~/Recordings.json", IncludeSoftDeleted="true")).json["total"] == 1
    folder = here.api.server.exchange.directory.recordings / recording.account_sid
    while list(folder.iterdir()):
        await here.api.get(path)
    assert (await here.api.delete(path)).status == 404


async def test_lists_are_filtered(here: Stage) -> None:
    """By call and by date, of the account and of one call."""
    first, second = await here.calls.recorded(), await here.calls.recorded()

    async def found(path: str, **query: str) -> list[str]:
        return [row["sid"] for row in (await here.api.get(path, **query)).json["recordings"]]

    assert await found("~/Recordings.json") == [second.sid, first.sid]
    assert await found("~/Recordings.json", CallSid=first.call_sid or "") == [first.sid]
    assert await found("~/Recordings.json", **{"DateCreated<": "2020-01-01"}) == []
    assert await found(f"~/Calls/{first.call_sid}/Recordings.json", **{"DateCreated>": "2020-01-01"}) == [first.sid]
    for path in (f"~/Recordings/{first.sid}/Transcriptions.json", "~/Transcriptions.json"):
        assert (await here.api.get(path)).json["transcriptions"] == []


async def test_on_a_network_the_sound_needs_credentials_or_a_signed_link(tmp_path: Path) -> None:
    """In operator mode a webhook's link opens it, also with .mp3 appended; the bare address does not."""
    async with stage(tmp_path, mode="operator") as here:
        recording = await here.calls.recorded()
        assert (await heard(here, recording))[0] == 401
        link = here.api.server.exchange.media_links.link(recording.path, here.calls.now)
        query = link.partition("?")[2]
        assert (await heard(here, recording, f"?{query}"))[0] == 200
        assert (await heard(here, recording, f".wav?{query}"))[0] == 200
        assert (await heard(here, recording, f"?{query}.mp3"))[2]["Content-Type"] == "audio/mpeg"
        assert (await heard(here, recording, f"?{query}.WAV&RequestedChannels=1"))[0] == 200
        assert (await heard(here, recording, f"?{query}x"))[0] == 401
        headers = {"Authorization": here.api.authorization}
        assert (await heard(here, recording, headers=headers))[0] == 200


async def test_after_a_crash_recordings_are_kept_as_far_as_they_went(here: Stage) -> None:
    """The file is made whole, its length told, the call completed; one whose file is gone is absent."""
    exchange = here.api.server.exchange
    kept, gone = [await here.calls.record(await live(here)) for _ in range(2)]
    write_wav(exchange.recording_files.place(kept.account_sid, kept.sid), channels=1, seconds=3)

    def repair(path: Path) -> int:
        with wave.open(str(path)) as sound:
            return int(sound.getnframes() * 1_000 // RATE)

    closed = await close_lost(store=exchange.store, files=exchange.recording_files, clock=exchange.clock, repair=repair)
    assert closed == 2
    for recording, status, duration in ((kept, "completed", "3"), (gone, "absent", "0")):
        shown = (await here.api.get(f"~/Recordings/{recording.sid}.json")).json
        assert (shown["status"], shown["duration"]) == (status, duration)
        assert (await here.api.get(f"~/Calls/{recording.call_sid}.json")).json["status"] == "completed"
