"""Which commands does `sludgetrace` have? The group loads a command's module only when it is called."""

from importlib import import_module

import click

COMMANDS = {
    "load": "cli.scenario:load",
    "export": "cli.scenario:export",
    "score": "cli.scenario:score",
    "simulate": "cli.simulate:simulate_command",
    "ingest": "cli.ingest:ingest",
    "device": "cli.device:device",
    "platform": "cli.platform:platform",
    "gateway": "cli.gateway:gateway",
    "decode": "cli.decode:decode",
    "terminal": "cli.terminal:terminal",
    "weighbridge": "cli.weighbridge:weighbridge",
    "analyse": "cli.analysis:analyse",
    "findings": "cli.analysis:findings",
    "verdicts": "cli.analysis:verdicts",
    "worker": "cli.worker:worker",
    "report": "cli.report:report",
    "user": "cli.user:user",
    "serve": "cli.serve:serve",
    "demo": "cli.demo:demo",
    "migrate": "cli.database:migrate",
    "doctor": "cli.doctor:doctor",
}


class LazyGroup(click.Group):
    """Commands by name; importing WeasyPrint to list findings would cost a second."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sludgetrace")
def main() -> None:
    """Sludgetrace 污泥全程追溯监管系统: proves where every tonne of sludge went.

    Exit status: 0 fine, 1 something was refused, 2 wrong use.
    """


if __name__ == "__main__":
    main()
