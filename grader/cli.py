"""The command line: parse, call, choose the exit code. Work is done in the modules named as the commands.

What the exit codes mean stands in `errors.ExitCode`.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader import __version__
from grader.commands.parameters import Sample, ServerName, Shard
from grader.errors import ExitCode, GraderError

if TYPE_CHECKING:
    from grader.course.course import Course

FOLDER = click.Path(path_type=Path)


class _Commands(click.Group):
    """The commands; whatever one of them raises becomes a sentence and an exit code here."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except GraderError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("Interrupted.", err=True)
            ctx.exit(ExitCode.INTERRUPTED)
        except (BrokenPipeError, SystemExit):  # the reader of a pipe has seen enough; rich makes a SystemExit of it
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            ctx.exit(ExitCode.NOT_GRADED)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception:
            traceback.print_exc()
            click.echo("Error: the grader itself failed (see above). Nothing that was graded is lost.", err=True)
            ctx.exit(ExitCode.NOT_GRADED)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="grader")
def cli() -> None:
    """Grade a course's programs by running them."""


def _course(folder: Path | None, whole_for: str = "") -> Course:
    from grader.course.course import find_course, load_course, of_instructors

    course = load_course(folder or find_course(Path.cwd()))
    return of_instructors(course, whole_for) if whole_for else course


course_option = click.option(
    "--course", type=FOLDER, metavar="DIR", envvar="GRADER_COURSE", help="The course's folder (else: found from here upwards)."
)
roster_option = click.option(
    "--roster", type=FOLDER, metavar="FILE", help="Who is in the class: a roster of GitHub Classroom's or Classroom 50's."
)
format_option = click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["gradescope", "canvas", "moodle", "ctrf", "junit", "classroom50"]),
    help="Write this format into --report DIR, too; may be repeated.",
)
jobs_option = click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    metavar="N",
    help="How many to grade at a time (default: two for each core, and more while cores idle).",
)


@cli.command("list")
@course_option
def list_(course: Path | None) -> None:
    """Show the assignments in the order of the course."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for column in ("slug", "title", "topic"):
        table.add_column(column, overflow="fold")
    for column in ("checks", "points"):
        table.add_column(column, justify="right")
    for assignment in _course(course).assignments:
        cells = (assignment.slug, assignment.title, assignment.topic, str(len(assignment.checks)), str(assignment.max_score))
        table.add_row(*map(Text, cells))
    Console().print(table)


@cli.command()
@click.argument("slugs", nargs=-1, metavar="[SLUG]...")
@click.option("--all", "everything", is_flag=True, help="All assignments (also without any SLUG).")
@click.option("--submissions", type=FOLDER, metavar="DIR", help="A folder with the submissions of a class.")
@click.option("--path", type=FOLDER, metavar="DIR", help="One student's repository, or one assignment's folder.")
@jobs_option
@click.option("--json", "json_file", metavar="FILE", help="Write the JSON report to FILE; - is standard output.")
@click.option("--report", type=FOLDER, metavar="DIR", help="Write feedback, gradebook.csv and report.json into DIR.")
@format_option
@roster_option
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), metavar="N", help="Repeat the data of the run with this seed.")
@click.option("--require-sandbox", is_flag=True, help="Refuse to grade without the sandbox.")
@click.option("--portable", is_flag=True, help="Grade without the sandbox: a self-check.")
@click.option("--no-launcher", is_flag=True, help="Give each run of a program a sandbox of its own: slower, for doubt.")
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help=f"Exit code {ExitCode.FAILED:d} below this share of points.",
)
@click.option(
    "-k",
    "only",
    default="",
    metavar="CHECK",
    help="Only checks with this text in their id; those that they need run, and are shown if they fail.",
)
@click.option("--regrade", is_flag=True, help="Grade again what has not changed since it was graded.")
@click.option("--shard", type=Shard(), help="Grade only part I of N, for N machines.")
@click.option("--github", is_flag=True, help="Tell GitHub Actions: summary, annotations, points. Reports go to report/.")
@click.option("--classroom50", is_flag=True, help="Leave result.json and release-body.md for Classroom 50's runner.")
@course_option
def run(
    course: Path | None,
    slugs: tuple[str, ...],
    everything: bool,
    require_sandbox: bool,
    portable: bool,
    **options: Any,
) -> None:
    """Grade submissions: those of a class, or your own.

    Without --submissions and --path: in the course's repository its submissions/ or else examples/submissions/, elsewhere
    this folder.
    """
    from grader.commands.run import Options
    from grader.commands.run import run as grade
    from grader.model import Isolation

    if everything and slugs:
        raise click.UsageError("--all and the name of an assignment exclude each other.")
    if require_sandbox and portable:
        raise click.UsageError("--require-sandbox and --portable exclude each other.")
    isolation = Isolation.SANDBOX if require_sandbox else Isolation.PORTABLE if portable else None
    raise click.exceptions.Exit(grade(_course(course), Options(slugs=slugs, isolation=isolation, **options)))


@cli.command()
@click.argument("reports", nargs=-1, required=True, type=FOLDER, metavar="REPORT.json...")
@click.option("--report", "folder", required=True, type=FOLDER, metavar="DIR", help="Write everything into DIR.")
@click.option("--json", "json_file", metavar="FILE", help="Write the united JSON report to FILE, too; - is standard output.")
@format_option
@roster_option
@course_option
def merge(course: Path | None, reports: tuple[Path, ...], roster: Path | None, **wanted: Any) -> None:
    """Unite the reports of several runs, such as those of --shard, into one gradebook. A folder stands for its report.json."""
    from grader.commands.merge import merge as unite
    from grader.commands.outcome import exit_code
    from grader.publishing.publish import Wanted
    from grader.submissions.roster import Roster, read_roster

    members = read_roster(roster) if roster else Roster()
    report = unite(_course(course), reports, Wanted(members=members.by_student(), **wanted), members)
    raise click.exceptions.Exit(exit_code(report, own=False, fail_under=None))


@cli.command()
@click.option("--submissions", type=FOLDER, metavar="DIR", help="A folder with the submissions of a class.")
@click.option("--path", type=FOLDER, metavar="DIR", help="One student's repository.")
@course_option
def tamper(course: Path | None, submissions: Path | None, path: Path | None) -> None:
    """Name the repositories in which the course's workflow, checks or grader were changed. `grader run` does so, too."""
    from grader.commands.tamper import tamper as name_changed

    raise click.exceptions.Exit(name_changed(_course(course, "grader tamper"), submissions, path))


@cli.command()
@click.option(
    "--require-sandbox", is_flag=True, help=f"Exit code {ExitCode.NOT_GRADED:d} if this machine cannot give the sandbox."
)
def doctor(require_sandbox: bool) -> None:
    """Try out what this machine can do, and say how to get the sandbox."""
    from rich.console import Console

    from grader.commands import doctor as page
    from grader.sandbox.probe import probe

    capability = probe()
    page.show(capability, Console())
    if require_sandbox and not capability.is_sandbox:
        raise click.exceptions.Exit(ExitCode.NOT_GRADED)


@cli.command()
@click.argument("slug", required=False)
@click.option("--path", type=FOLDER, metavar="DIR", help="Your repository, or the assignment's folder (else: this folder).")
@course_option
def watch(course: Path | None, slug: str | None, path: Path | None) -> None:
    """Grade again each time you save a file, until you press q. Keys: h hint, a all checks, q quit."""
    from grader.commands.watch import watch as begin

    raise click.exceptions.Exit(begin(_course(course), slug, path))


@cli.command()
@click.argument("id_", metavar="ID")
@click.option("--path", type=FOLDER, metavar="DIR", help="Your repository, or the assignment's folder (else: this folder).")
@click.option("--shell", is_flag=True, help="Print ports and environment, for a debugger or an IDE.")
@click.option("--pdb", is_flag=True, help="Start your program under pdb, here.")
@course_option
def replay(course: Path | None, id_: str, path: Path | None, shell: bool, pdb: bool) -> None:
    """Repeat a failed check while you start the program yourself. A report prints the ID: SLUG/CHECK/SEED[/SCENARIO]."""
    from grader.commands.replay import replay as repeat
    from grader.sandbox.by_hand import Way

    if shell and pdb:
        raise click.UsageError("--shell and --pdb exclude each other.")
    way = Way.DEBUGGER if shell else Way.PDB if pdb else Way.TERMINAL
    raise click.exceptions.Exit(repeat(_course(course), id_, path, way))


@cli.command()
@click.argument("slugs", nargs=-1, metavar="[SLUG]...")
@jobs_option
@click.option("--portable", is_flag=True, help="Grade without the sandbox.")
@click.option("--allow-todo", is_flag=True, help="Let settings, handouts and solutions say TODO, for a new assignment.")
@click.option(
    "--mutants",
    type=Sample(),
    is_flag=False,
    flag_value="all",
    metavar="[N]",
    help="Instead: grade wrong copies of the solutions, all or a fixed sample of N. Write it behind the slugs.",
)
@click.option("--list", "as_list", is_flag=True, help="With --mutants: print what is missing in survivors.toml.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), metavar="N", help="The data of the checks (mutants: always the same).")
@course_option
def verify(
    course: Path | None,
    slugs: tuple[str, ...],
    jobs: int | None,
    portable: bool,
    allow_todo: bool,
    mutants: int | None,
    as_list: bool,
    seed: int | None,
) -> None:
    """Check the course itself: solutions, starters, variants, mistakes, points, stray files."""
    from grader.commands.verify import verify as check
    from grader.commands.verify_mutants import verify_mutants
    from grader.model import Isolation

    if as_list and mutants is None:
        raise click.UsageError("--list is for --mutants.")
    loaded, isolation = _course(course, "grader verify"), Isolation.PORTABLE if portable else None
    if mutants is None:
        raise click.exceptions.Exit(check(loaded, slugs, isolation, jobs, allow_todo, seed))
    raise click.exceptions.Exit(verify_mutants(loaded, slugs, isolation, jobs, mutants or None, seed, as_list))


@cli.command()
@click.argument("slugs", nargs=-1, metavar="[SLUG]...")
@click.option("--all", "everything", is_flag=True, help="All assignments.")
@click.option("--to", type=FOLDER, metavar="DIR", help="Make DIR/<slug>, a repository for each assignment.")
@click.option("--one-repository", is_flag=True, help="Make DIR itself one repository with a folder for each assignment.")
@click.option("--grader-from", metavar="SPEC", help="Let pip get the grader from here (a requirement, or git+https://…).")
@click.option("--classroom50", type=FOLDER, metavar="DIR", help="Write autograders for Classroom 50 into DIR.")
@click.option("--classroom", metavar="NAME", help="The short name of the classroom there.")
@click.option("--record/--no-record", default=True, help="Note in the course's given_out.json what students get (default).")
@course_option
def export(course: Path | None, slugs: tuple[str, ...], everything: bool, **options: Any) -> None:
    """Write what students get: template repositories, or Classroom 50's autograders. No solutions, no hidden checks."""
    from grader.export.export import Options
    from grader.export.export import export as write

    if everything == bool(slugs):
        raise click.UsageError("Name assignments, or give --all.")
    for line in write(_course(course), slugs, Options(**options)):
        click.echo(line)


@cli.command()
@click.argument("slug")
@click.option("--title", default="", metavar="TEXT", help="What students read (else: the slug in words).")
@course_option
def new(course: Path | None, slug: str, title: str) -> None:
    """Begin an assignment: handout, settings, checks, mistakes, starter and solution of a small one that works."""
    from grader.commands.new import scaffold

    root = _course(course, "grader new").root
    for file in scaffold(root, slug, title):
        click.echo(file.relative_to(root))


@cli.command()
@click.argument("kind", type=ServerName())
@click.option("--port", type=click.IntRange(0, 65535), metavar="N", help="Listen here instead of at the usual port; 0: any.")
@click.option("--line", metavar="TEXT", help="Answer with this line instead of the present time (daytime).")
def serve(kind: str, port: int | None, line: str | None) -> None:
    """Start a server to try a client by hand, until Ctrl-C."""
    from grader.commands.serve import serve as start

    start(kind, port, line)


@cli.command()
@click.argument("student")
@click.argument("slug")
@click.argument("points", nargs=-1, metavar="[ITEM=POINTS]...")
@click.option("--note", default="", metavar="TEXT", help="Why; kept with the points.")
@click.option("--new-student", is_flag=True, help="The name is right, though nothing of this student was graded yet.")
@course_option
def rubric(course: Path | None, student: str, slug: str, points: tuple[str, ...], note: str, new_student: bool) -> None:
    """Show, or give, the points that a person decides on. ITEM= takes them back."""
    from rich.console import Console

    from grader.commands import rubric as page
    from grader.grading.store import Store, store_file

    loaded = _course(course, "grader rubric")
    assignment = loaded.assignment(slug)
    with Store(store_file(loaded.root)) as store:
        page.enter(store, student, assignment, points, note, new_student)
        page.show(store, student, assignment, Console())


def main() -> None:
    """The command `grader`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # end the sessions too, as after Ctrl-C
    cli(prog_name="grader")
