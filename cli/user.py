"""Who may sign in? Add, list, give a new password, end."""

import click

from cli.runtime import now, print_json_line, ready_engine
from models.session import read_sessions, write_sessions
from models.vocabulary import Role
from tracking.operations.add_user import UserRefused, add_user
from tracking.operations.change_user import deactivate_user, set_password
from tracking.operations.passwords import WeakPassword
from tracking.queries.users import Account, all_accounts

PASSWORD = click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="Asked for when absent, so that it does not stay in the history of the shell.",
)


@click.group()
def user() -> None:
    """Logins of people."""


@user.command("add")
@click.argument("username")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--organisation", help="Code of the organisation; needed for plant, hauler and site.")
@click.option("--name", help="Name to show; the user name when absent.")
@click.option("--locale", type=click.Choice(["zh", "en"]))
@PASSWORD
def add(
    username: str, role: str, organisation: str | None, name: str | None, locale: str | None, password: str
) -> None:
    """Add a login."""
    try:
        with write_sessions(ready_engine()).begin() as session:
            add_user(
                session,
                username=username,
                password=password,
                role=Role(role),
                now=now(),
                display_name=name,
                organisation_code=organisation,
                locale=locale,
            )
    except (UserRefused, WeakPassword) as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{username} may sign in as {role}")


@user.command("list")
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text", show_default=True)
def list_users(form: str) -> None:
    """List every login; no password or hash is ever shown."""
    with read_sessions(ready_engine())() as session:
        accounts = all_accounts(session)
    for account in accounts:
        if form == "jsonl":
            print_json_line(as_json(account))
        else:
            active = "active" if account.active else "ended"
            cells = (account.username, account.role.value, account.organisation or "-", active)
            click.echo("\t".join((*cells, account.display_name)))


def as_json(account: Account) -> dict[str, object]:
    """A login as one JSON object."""
    return {
        "username": account.username,
        "name": account.display_name,
        "role": account.role.value,
        "organisation": account.organisation,
        "active": account.active,
        "created_at": account.created_at,
        "last_login_at": account.last_login_at,
    }


@user.command("password")
@click.argument("username")
@PASSWORD
def password_command(username: str, password: str) -> None:
    """Give a new password; open sessions of the user end."""
    try:
        with write_sessions(ready_engine()).begin() as session:
            set_password(session, username, password)
    except (UserRefused, WeakPassword) as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{username} has a new password")


@user.command("deactivate")
@click.argument("username")
def deactivate(username: str) -> None:
    """End a login: the user may not sign in any more, and open sessions end."""
    try:
        with write_sessions(ready_engine()).begin() as session:
            deactivate_user(session, username)
    except UserRefused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{username} may not sign in any more")
