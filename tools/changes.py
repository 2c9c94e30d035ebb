"""The changes of a branch, for checks of changed lines and files."""
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
IGNORED = ".git-blame-ignore-revs"
MAX_COMMITS = 50  # of a branch


class NoHistory(Exception):
    """There is no base to compare with: no git, no repository, or a single commit."""


def git(root, *arguments):
    """The output of git. Errors: NoHistory."""
    try:
        # In containers, the checkout often belongs to a user other than the one that runs the tests.
        done = subprocess.run(["git", "-c", "safe.directory=*", "-C", root, *arguments],
                              capture_output=True, text=True, errors="replace")
    except FileNotFoundError as error:
        raise NoHistory("git is not installed") from error
    if done.returncode:
        raise NoHistory(done.stderr.strip() or f"git {arguments[0]} failed")
    return done.stdout


def find_base(root=ROOT, revision=None):
    """The commit to compare with: `revision`, else where the branch left main, else HEAD~1."""
    if revision:
        return git(root, "rev-parse", "--verify", f"{revision}^{{commit}}").strip()
    head = git(root, "rev-parse", "HEAD").strip()
    for main in ("origin/HEAD", "origin/main", "main"):
        try:
            base = git(root, "merge-base", head, main).strip()
        except NoHistory:
            continue
        # A main that is far behind is not the base of a branch: the checks read new work, not history.
        if base != head and int(git(root, "rev-list", "--count", f"{base}..{head}")) <= MAX_COMMITS:
            return base
    return git(root, "rev-parse", "--verify", "HEAD~1").strip()


def changed_files(base, root=ROOT):
    """Paths that exist and differ from `base`, in commits, in the working tree, or new there."""
    listed = git(root, "diff", "--name-only", "-z", "--diff-filter=d", "-M", base)
    new = git(root, "ls-files", "-z", "--others", "--exclude-standard")
    return sorted({path for path in (listed + new).split("\0") if path})


def changed_lines(base, path, root=ROOT):
    """Numbers of the lines of `path` that are younger than `base`. Commits listed in
    .git-blame-ignore-revs (mechanical renames) make no line younger."""
    if not git(root, "ls-files", "--", path):
        return set(range(1, len((root / path).read_text(errors="replace").splitlines()) + 1))
    ignored = ["--ignore-revs-file", IGNORED] if (root / IGNORED).is_file() else []
    lines, old = set(), set()
    commit = number = None
    for line in git(root, "blame", "--porcelain", *ignored, f"^{base}", "--", path).splitlines():
        if line.startswith("\t"):
            if commit not in old:
                lines.add(number)
        elif line == "boundary":
            old.add(commit)
        elif len(words := line.split()) in (3, 4) and len(words[0]) == 40:
            commit, number = words[0], int(words[2])
    return lines


def commits_since(base, root=ROOT):
    """(hash, subject) of each commit since `base`, oldest first; no merges."""
    log = git(root, "log", "--reverse", "--no-merges", "--format=%h %s", f"{base}..HEAD")
    return [tuple(line.split(" ", 1)) for line in log.splitlines() if " " in line]
