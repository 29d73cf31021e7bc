"""The `unlink-recording` queue: the sound of deleted recordings goes."""

from hookflash.store import outbox
from hookflash.store.outbox import Job
from hookflash.store.recording_files import RecordingFiles
from hookflash.store.store import Store


class RecordingEraser:
    """Removes the files of recordings; `perform` is that of a `Worker`."""

    def __init__(self, *, store: Store, files: RecordingFiles) -> None:
        self._store = store
        self._files = files

    async def perform(self, job: Job) -> None:
        await self._files.remove(job.account_sid, job.subject)
        await self._store.write(outbox.finish, job)
