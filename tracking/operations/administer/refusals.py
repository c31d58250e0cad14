"""What can stand against an entry besides StepBlocked, which names the fields? A role, or nothing there."""

from tracking.operations.custody.refusals import ManifestUnknown, NotYourSignature


class NotAdministering(NotYourSignature):
    """Another role's to enter."""


class NothingThere(ManifestUnknown):
    """There is nothing of that name."""
