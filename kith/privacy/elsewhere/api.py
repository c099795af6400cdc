"""For source systems: whom to erase, and that it is done. `contact.anonymised` says when to look."""

from __future__ import annotations

from typing import Final, Literal, cast

from ninja import Query, Router

from kith.access.permissions import Permission
from kith.privacy.elsewhere import actions, queries
from kith.privacy.elsewhere.models import ElsewhereTask
from kith.privacy.elsewhere.schemas import (
    ErasureTask,
    ErasureTaskChanged,
    ErasureTaskClosed,
    ErasureTaskOpened,
    TasksAsked,
    TaskState,
)
from kith.users.key_door import with_key
from kith.web.api import (
    CHANGES,
    WITH_BODY,
    WITH_ID,
    WITH_QUERY,
    ApiRequest,
    Id,
    Listed,
    Paging,
    answers,
    rising,
)

erasure_tasks: Final = Router(tags=["privacy"])


@erasure_tasks.get(
    "",
    summary="List tasks to erase elsewhere",
    auth=with_key(Permission.PRIVACY_VIEW),
    response=answers(Listed[ErasureTask], *WITH_QUERY),
)
def list_erasure_tasks(
    request: ApiRequest, asked: Query[TasksAsked], paging: Query[Paging]
) -> Listed[ErasureTask]:
    """The oldest first, without whom they are about."""
    rows = queries.tasks(
        actor=request.auth, state=asked.state, source=asked.source, contact_id=asked.group_id
    )
    page = rising(rows, paging)
    return Listed[ErasureTask](items=[_task(one) for one in page.rows], next=page.next)


@erasure_tasks.get(
    "/{task_id}",
    summary="Open a task to erase elsewhere",
    auth=with_key(Permission.PRIVACY_EDIT),
    response=answers(ErasureTaskOpened, *WITH_ID),
)
def open_erasure_task(request: ApiRequest, task_id: Id) -> ErasureTaskOpened:
    """With the System Ref that has to be erased. It is written into the journal who looked."""
    task = queries.task_of(task_id, actor=request.auth)
    ref = actions.reveal_ref(actor=request.auth, task_id=task_id) if task.state == "open" else None
    return ErasureTaskOpened(**_task(task).dict(), system_ref=ref)


@erasure_tasks.post(
    "/{task_id}/close",
    summary="Say that it is erased elsewhere",
    auth=with_key(Permission.PRIVACY_EDIT),
    response=answers(ErasureTaskChanged, *WITH_BODY, *WITH_ID, *CHANGES),
)
def close_erasure_task(request: ApiRequest, task_id: Id, given: ErasureTaskClosed) -> ErasureTaskChanged:
    """Or that it will not be. The System Ref is destroyed here."""
    task = actions.close_task(actor=request.auth, task_id=task_id, is_erased=given.erased, note=given.note)
    return ErasureTaskChanged(id=task.pk, state=cast("TaskState", task.state))


def _task(one: ElsewhereTask) -> ErasureTask:
    return ErasureTask(
        id=one.pk,
        group_id=one.erasure.contact_id,
        target=cast("Literal['source', 'sso']", one.target),
        source=one.source.code,
        state=cast("TaskState", one.state),
        due_on=one.due_on,
        closed_at=one.closed_at,
        note=one.note,
    )
