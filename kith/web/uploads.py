"""What is uploaded waits in a file without a name: when the process ends, however it does, it is gone."""

from __future__ import annotations

import tempfile
import weakref
from typing import IO

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class NamelessUploadHandler(FileUploadHandler):
    """One file at a time, on the disk of the system's temporary folder."""

    def new_file(  # noqa: PLR0917  # Django's signature
        self,
        field_name: str,
        file_name: str,
        content_type: str,
        content_length: int | None,
        charset: str | None = None,
        content_type_extra: dict[str, bytes] | None = None,
    ) -> None:
        super().new_file(field_name, file_name, content_type, content_length, charset, content_type_extra)
        self.received: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # closed with whoever holds it
        self._closing = weakref.finalize(self, self.received.close)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[bytes]:
        self.received.seek(0)
        self._closing.detach()
        complete = UploadedFile(
            file=self.received,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
        weakref.finalize(complete, self.received.close)
        return complete

    def upload_interrupted(self) -> None:
        if hasattr(self, "_closing"):
            self._closing()
