"""How is the database brought to the newest step, and is it there already?"""

import click

from cli.runtime import settings
from models.migrate import DatabaseNewerError, database_revision, head_revision, upgrade
from models.session import open_engine


@click.command("migrate")
@click.option("--check", is_flag=True, help="Change nothing; exit status 1 when a step is missing.")
def migrate(check: bool) -> None:
    """升级数据库结构 / Bring the database of SLUDGETRACE_DATABASE_URL to the newest step."""
    url = settings().database_url
    newest = head_revision()
    engine = open_engine(url)
    before = database_revision(engine)
    engine.dispose()
    if before == newest:
        click.echo(f"{newest} ✓")
        return
    click.echo(f"{before or '-'} → {newest}")
    if check:
        raise SystemExit(1)
    try:
        upgrade(url)
    except DatabaseNewerError as problem:
        raise click.ClickException(str(problem)) from problem
