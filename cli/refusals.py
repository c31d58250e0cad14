"""How are refused rows shown to a person?"""

from collections.abc import Sequence

import click

from models.values import Refusal, not_taken

MOST = 200  # lines; beyond that a count says more


def print_refusals(refusals: Sequence[Refusal]) -> None:
    """Place, field and sentence of each, on standard error."""
    for refusal in refusals[:MOST]:
        click.echo(f"{refusal.place}  {refusal.field}: {refusal.reason}", err=True)
    if len(refusals) > MOST:
        click.echo(f"… and {not_taken(refusals[MOST:])} more", err=True)
    if refusals:
        click.echo(f"{not_taken(refusals)} refused", err=True)
