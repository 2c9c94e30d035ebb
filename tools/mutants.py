"""Mutants of C++ sources: where an operator, a constant, a condition or a statement can change, found by libclang.

All mutants of a file go into one rewritten file. `a < b` becomes `mutation::less<17>(a, b)`, which is `a <= b`
while mutant 17 is active (tools/mutation.h). So a build serves thousands of mutants. What is constexpr stays as it is;
uses of constexpr variables change like literals. Initial values of members stay, too: constructors overwrite most.
Functions named prefetch... stay, too: they only fill the processor's cache, which no test sees.
"""
import dataclasses
import functools
import re
import subprocess

from clang import cindex
from clang.cindex import CursorKind as Kind

OPERATORS = {"<": ("less", "<="), "<=": ("less_equal", "<"), ">": ("greater", ">="), ">=": ("greater_equal", ">"),
             "==": ("equal", "!="), "!=": ("not_equal", "=="), "+": ("plus", "-"), "-": ("minus", "+"),
             "*": ("times", "/"), "/": ("divide", "*"), "%": ("modulo", "*"), "<<": ("shift_left", ">>"),
             ">>": ("shift_right", "<<"), "&": ("bit_and", "|"), "|": ("bit_or", "&")}
ASSIGNMENTS = {"+=": ("add", "-="), "-=": ("subtract", "+="), "|=": ("set_bits", "&="), "&=": ("mask_bits", "|=")}
LOGIC = {"&&": "||", "||": "&&"}
SEQUENCE_ORDER = {"is_before": "before", "is_after": "after"}
EXTREMES = {"min": "max", "max": "min"}

SCOPES = {Kind.NAMESPACE, Kind.STRUCT_DECL, Kind.CLASS_DECL, Kind.CLASS_TEMPLATE}
FUNCTIONS = {Kind.FUNCTION_DECL, Kind.CXX_METHOD, Kind.CONSTRUCTOR, Kind.DESTRUCTOR, Kind.FUNCTION_TEMPLATE,
             Kind.CONVERSION_FUNCTION}
# Statements whose children are statements too; of a loop only the last child is.
BLOCKS = {Kind.COMPOUND_STMT, Kind.IF_STMT, Kind.CASE_STMT, Kind.DEFAULT_STMT}
LOOPS = {Kind.FOR_STMT, Kind.WHILE_STMT, Kind.DO_STMT, Kind.CXX_FOR_RANGE_STMT}
WITHOUT_EFFECT = "assert(", "static_assert(", "__builtin_prefetch(", "prefetch("
FLAGS = "tcp_flag::"  # a flag and one more is another set of flags, which says little
CONSTEXPR = re.compile(r"(static\s+)?constexpr\b")
NUMBER = re.compile(r"(0[xX][0-9a-fA-F']+|[0-9][0-9']*)[uUlL]*")
NUMBERS_PER_FILE = 1000  # so that a change of one file renumbers no other, and the rest need not be compiled again
SHOWN = 90, 30  # characters of an expression in a list; beside a change in a longer one


@dataclasses.dataclass
class Mutant:
    file: str        # below the root
    line: int
    function: str
    before: str      # source text, and what stands there in the mutant
    after: str
    edits: list      # (start, end, text with {} for the mutant's number) in the file
    number: int = 0

    @property
    def key(self):
        """What names it in tools/mutate_equivalent: no line number, so that it outlives other changes."""
        return f"{self.file} {self.function}: {self.before} -> {self.after}"

    def __str__(self):
        return f"{self.file}:{self.line} {self.function}: {self.before} -> {self.after}"


def span_of(cursor):
    return cursor.extent.start.offset, cursor.extent.end.offset


def squeeze(text):
    return " ".join(text.split())


def is_constexpr(text, declaration):
    return "constexpr" in re.split("[;{}]", text[:declaration.location.offset])[-1]


@functools.cache
def compiler_arguments(root):
    resources = subprocess.run(["clang++", "-print-resource-dir"], capture_output=True, text=True,
                               check=True).stdout.strip()
    # Without assertions: a mutated assertion would say nothing.
    return ["-x", "c++", "-std=c++20", f"-I{root}/src", "-DNDEBUG", "-resource-dir", resources]


class Finder:
    """Finds the mutants of one file."""

    def __init__(self, file, text):
        self.file, self.text = file, text
        self.found = {}  # (start, end, what) -> Mutant; libclang shows some expressions twice
        self.function, self.returns_bool = "", False

    def add(self, what, span, after, edits, shown=None):
        """`after` replaces `span`; people see it within `shown`, a span around it."""
        start, end = span
        key = (start, end, what)
        if key not in self.found:
            first, last = shown or span
            if last - first > SHOWN[0]:
                first, last = max(first, start - SHOWN[1]), min(last, end + SHOWN[1])
            changed = self.text[first:start] + after + self.text[end:last]
            self.found[key] = Mutant(self.file, self.text.count("\n", 0, start) + 1, self.function,
                                     squeeze(self.text[first:last]), squeeze(changed), edits)

    def of(self, span):
        return self.text[span[0]:span[1]]

    def next_character(self, at):
        return self.text[at:].lstrip()[:1]

    # Declarations.

    def visit_scope(self, cursor):
        for child in cursor.get_children():
            if child.kind in SCOPES:
                self.visit_scope(child)
            elif child.kind in FUNCTIONS:
                self.visit_function(child)

    def visit_function(self, cursor):
        parts = list(cursor.get_children())
        body = next((part for part in parts if part.kind == Kind.COMPOUND_STMT), None)
        if cursor.spelling.startswith("prefetch"):
            return
        is_written = body is not None and self.of(span_of(body)).startswith("{")  # not `= default`
        if not is_written or is_constexpr(self.text, cursor):
            return
        scope = cursor.semantic_parent
        owner = f"{scope.spelling}::" if scope.kind in SCOPES - {Kind.NAMESPACE} else ""
        self.function = owner + cursor.spelling.split("<")[0]
        self.returns_bool = cursor.result_type.kind == cindex.TypeKind.BOOL
        for part in parts:  # behind the name: the type before it may have numbers in it, too
            if part.kind.is_expression() and part.extent.start.offset > cursor.location.offset or part is body:
                self.visit(part, None)

    def initializers(self, cursor):
        """The expressions behind the name of a variable: neither of its type nor the size of an array."""
        return [child for child in cursor.get_children()
                if child.kind.is_expression() and child.extent.start.offset > cursor.location.offset
                and not self.text[:child.extent.start.offset].rstrip().endswith("[")]

    # Statements and expressions.

    def visit(self, cursor, around):
        """`around`: the span of the expression that the cursor is part of."""
        span, children = span_of(cursor), list(cursor.get_children())
        if self.of(span).startswith(WITHOUT_EFFECT):
            return
        if cursor.kind == Kind.DECL_STMT and CONSTEXPR.match(self.of(span)):
            return
        if cursor.kind == Kind.VAR_DECL:
            if is_constexpr(self.text, cursor):
                return
            children = self.initializers(cursor)
        elif cursor.kind == Kind.CASE_STMT:
            children = children[1:]
        elif cursor.kind == Kind.DECL_REF_EXPR:
            children = []  # template arguments, which are constants of the compiler
        elif cursor.kind == Kind.LAMBDA_EXPR:
            children = [child for child in children if child.kind == Kind.COMPOUND_STMT]

        if cursor.kind in BLOCKS or cursor.kind in LOOPS:
            self.delete_statements(children[-1:] if cursor.kind in LOOPS else children)
        self.negate_conditions(cursor, children)
        self.change_expression(cursor, span, around, children)
        is_part = cursor.kind.is_expression() and cursor.kind != Kind.LAMBDA_EXPR
        for child in children:
            self.visit(child, span if is_part and span_of(child) != span else around)

    def delete_statements(self, statements):
        for statement in statements:
            start, end = span_of(statement)
            if self.next_character(end) != ";" or self.of((start, end)).startswith(WITHOUT_EFFECT):
                continue
            behind = self.text.index(";", end) + 1
            returned = [part.type.kind for part in statement.get_children()]
            if statement.kind == Kind.RETURN_STMT and returned == [cindex.TypeKind.VOID]:
                self.add("delete", (start, behind), "return;",
                         [(start, start, "{{ if (mutation::keep<{}>()) "), (behind, behind, " return; }}")])
            elif statement.kind.is_expression() or statement.kind in (Kind.BREAK_STMT, Kind.CONTINUE_STMT):
                self.add("delete", (start, behind), ";",
                         [(start, start, "{{ if (mutation::keep<{}>()) "), (behind, behind, " }}")])

    def negate_conditions(self, cursor, children):
        expressions = [child for child in children if child.kind.is_expression()]
        if cursor.kind in (Kind.IF_STMT, Kind.WHILE_STMT):
            expressions = [one for one in expressions if self.next_character(one.extent.end.offset) == ")"][:1]
        elif cursor.kind == Kind.CONDITIONAL_OPERATOR:
            expressions = expressions[:1]
        elif not (cursor.kind == Kind.RETURN_STMT and self.returns_bool):
            return
        for one in expressions:
            span = span_of(one)
            operands = self.find_operands(one, span)
            is_changed_so = operands and operands[1] in ("==", "!=") or self.of(span) in ("true", "false")
            if not is_changed_so and one.kind != Kind.UNARY_OPERATOR:
                self.negate(span, f"!({self.of(span)})")

    def negate(self, span, after, around=None):
        self.add("negate", span, after, [(span[0], span[0], "mutation::flip<{}>("), (span[1], span[1], ")")], around)

    def change_expression(self, cursor, span, around, children):
        text = self.of(span)
        if cursor.kind == Kind.UNARY_OPERATOR and text.startswith("!") and not text.startswith("!="):
            self.negate(span, text[1:].strip())
        elif cursor.kind == Kind.CXX_BOOL_LITERAL_EXPR and text in ("true", "false"):
            self.negate(span, "false" if text == "true" else "true", around)
        elif cursor.kind == Kind.INTEGER_LITERAL and NUMBER.fullmatch(text):
            self.count_up(span, around)
        elif cursor.kind == Kind.DECL_REF_EXPR and self.is_constant(cursor):
            self.count_up(span, around)
        elif cursor.kind == Kind.CALL_EXPR and cursor.spelling in SEQUENCE_ORDER:
            self.change_sequence_order(cursor, span, children)
        elif cursor.kind == Kind.CALL_EXPR and cursor.spelling == "is_in_window":
            self.count_up(span_of(list(cursor.get_arguments())[1]), span)
        elif cursor.kind == Kind.CALL_EXPR and text.startswith((f"std::{cursor.spelling}(", f"std::{cursor.spelling}<")) \
                and cursor.spelling in EXTREMES:
            name = (span[0], span[0] + len("std::min"))
            self.add("extreme", name, f"std::{EXTREMES[cursor.spelling]}",
                     [(*name, f"mutation::{cursor.spelling.title()}<{{}}>::of")], span)
        elif cursor.kind.is_expression():
            self.change_operator(cursor, span)

    def is_constant(self, cursor):
        """Whether a name means a constexpr number or duration."""
        meant = cursor.referenced
        if self.of(span_of(cursor)).startswith(FLAGS):
            return False
        if meant is None or meant.kind != Kind.VAR_DECL or not meant.location.file:
            return False
        kind = meant.type.get_canonical().kind
        is_duration = meant.type.get_canonical().spelling.startswith("const std::chrono::duration")
        is_number = cindex.TypeKind.BOOL.value < kind.value <= cindex.TypeKind.INT128.value
        return (is_number or is_duration) and is_constexpr(source_text(meant.location.file.name), meant)

    def count_up(self, span, around):
        text = self.of(span)
        self.add("constant", span, str(int(text) + 1) if text.isdigit() else f"({text} + 1)",
                 [(span[0], span[0], "mutation::next<{}>("), (span[1], span[1], ")")], around)

    def change_sequence_order(self, cursor, span, children):
        receiver = span_of(next(children[0].get_children()))
        argument = span_of(list(cursor.get_arguments())[0])
        other = "!" + self.of(receiver) + {"is_before": ".is_after", "is_after": ".is_before"}[cursor.spelling]
        self.add("order", span, f"{other}({self.of(argument)})",
                 [(span[0], span[0], f"mutation::{SEQUENCE_ORDER[cursor.spelling]}<{{}}>("),
                  (receiver[1], argument[0], ", ")])

    def change_operator(self, cursor, span):
        operands = self.find_operands(cursor, span)
        if operands is None:
            return
        (start, end), operator, (next_start, next_end), left = operands
        gap = (end, next_start)
        if operator in LOGIC:  # a && b is !(!a || !b): each operand is evaluated at most once, as written
            shown, edits = LOGIC[operator], [
                (start, start, "mutation::flip<{}>(mutation::flip<{}>("),
                (*gap, f") {operator} mutation::flip<{{}}>("), (next_end, next_end, "))")]
        else:
            name, shown = OPERATORS.get(operator) or ASSIGNMENTS[operator]
            if operator in ASSIGNMENTS and left.referenced and left.referenced.is_bitfield():
                return  # nothing can refer to a bit field
            edits = [(start, start, f"mutation::{name}<{{}}>("), (*gap, ", "), (next_end, next_end, ")")]
        self.add(operator, gap, f" {shown} ", edits, span)

    def find_operands(self, cursor, span):
        """(left span, operator, right span, left cursor) of a binary operator, built in or not; else None."""
        start, end = span
        parts = [(span_of(part), part) for part in cursor.walk_preorder()]
        rights = [inner for inner, _ in parts if inner[1] == end and inner[0] > start]
        for inner, part in parts:
            if inner[0] != start or not start < inner[1] < end:
                continue
            for right in rights:
                operator = self.text[inner[1]:right[0]].strip()
                if operator in OPERATORS or operator in ASSIGNMENTS or operator in LOGIC:
                    return inner, operator, right, part
        return None


@functools.cache
def source_text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def find_mutants(root, files):
    """All mutants of the files (paths below root), numbered. Errors: RuntimeError, if they do not compile."""
    umbrella = str(root / "mutants.cc")
    unit = cindex.Index.create().parse(
        umbrella, compiler_arguments(root),
        unsaved_files=[(umbrella, "".join(f'#include "{root / file}"\n' for file in files))])
    errors = [str(one) for one in unit.diagnostics if one.severity >= cindex.Diagnostic.Error]
    if errors:
        raise RuntimeError("\n".join(errors[:5]))
    finders = {str(root / file): Finder(file, source_text(str(root / file))) for file in files}
    for cursor in unit.cursor.get_children():
        finder = cursor.location.file and finders.get(cursor.location.file.name)
        if finder and cursor.kind in SCOPES:
            finder.visit_scope(cursor)
        elif finder and cursor.kind in FUNCTIONS:
            finder.visit_function(cursor)
    mutants, repeated = [], {}
    for position, file in enumerate(files):
        found = finders[str(root / file)].found.values()
        assert len(found) <= NUMBERS_PER_FILE
        for number, mutant in enumerate(found):
            count = repeated[mutant.key] = repeated.get(mutant.key, 0) + 1
            if count > 1:
                mutant.function += f" #{count}"
            mutant.number = position * NUMBERS_PER_FILE + number
            mutants.append(mutant)
    return mutants


def rewrite(text, mutants):
    """The text of a file with all its mutants in it."""
    # Mutants come in the order of their expressions, outer ones first: so outer calls open first and close last.
    opened, closed, replaced = {}, {}, []
    for mutant in mutants:
        for start, end, new in mutant.edits:
            new = new.replace("{{", "\0").replace("}}", "\1").replace("{}", str(mutant.number))
            new = new.replace("\0", "{").replace("\1", "}")
            if start != end:
                replaced.append((start, end, new))
            elif new.lstrip().startswith((")", "return; }", "}")):
                closed[start] = new + closed.get(start, "")
            else:
                opened[start] = opened.get(start, "") + new
    result, at = [], 0
    spans = {start: (end, new) for start, end, new in replaced}
    for position in sorted({*opened, *closed, *spans}):
        if position < at:
            raise RuntimeError("edits overlap")
        result += [text[at:position], closed.get(position, ""), opened.get(position, "")]
        at = position
        if position in spans:
            at, new = spans[position]
            result.append(new)
    return "".join(result) + text[at:]
