"""The sessions of the console, and the links that begin one."""

from django.contrib.sessions.models import Session

from dockseal.storage.edge import edge
from dockseal.storage.operations.models import SignInRow


@edge
class Sessions:
    """The tables that whoever is signed in stands in."""

    def end_all(self) -> int:
        """Ends every session, and every sign-in link that was not used; returns how many sessions."""
        SignInRow.objects.filter(used_at__isnull=True).delete()
        return Session.objects.all().delete()[0]
