"""Reading YAML: plain data, exact places, and nothing that a hostile file may ask for."""

from pathlib import Path

import pytest

from coopflow.definitions.faults import FaultsError
from coopflow.definitions.yaml import DEFINITION, MAX_DEPTH, Limits, Place, load, loads


def _faults(text: str) -> list[str]:
    """Read a text and return what is wrong with it, fatal or not."""
    try:
        return [str(fault) for fault in loads(text, "f").faults]
    except FaultsError as error:
        return [str(fault) for fault in error.faults]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2026-01-20T09:00Z", "2026-01-20T09:00Z"),
        ("2026-12-15", "2026-12-15"),
        ("1/2", "1/2"),
        ("12:30", "12:30"),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("1_000", "1_000"),
        ("''", ""),
        ("'12'", "12"),
        ('"true"', "true"),
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("False", False),
        ("012", 12),
        ("-3", -3),
        ("9223372036854775807", 2**63 - 1),
        ("0o17", 15),
        ("0x1F", 31),
        ("0.6", 0.6),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("[a, 1]", ["a", 1]),
        ("{a: 1}", {"a": 1}),
        ("|\n  one\n  two", "one\ntwo\n"),
        (">-\n  one\n  two", "one two"),
    ],
)
def test_scalars_are_what_yaml_1_2_says(written: str, value: object) -> None:
    """Only what YAML 1.2 calls a number, a truth value or null becomes one."""
    data = loads(f"a: {written}\n", "f").data
    assert data == {"a": value}
    assert type(data["a"]) is type(value)


def test_keys_are_words() -> None:
    """Keys stay text, whatever they look like."""
    assert loads("1: a\ntrue: b\nnull: c\n2/3: d\n", "f").data == {
        "1": "a",
        "true": "b",
        "null": "c",
        "2/3": "d",
    }


def test_places_of_keys_and_values() -> None:
    """Every key and value has its line and column, and what is absent its nearest parent."""
    document = loads("a:\n  b: [x, {c: y}]\n", "f")
    assert document.place(()) == Place(1, 1, "f")
    assert document.key_place(("a",)) == Place(1, 1, "f")
    assert document.place(("a",)) == Place(2, 3, "f")
    assert document.place(("a", "b", 0)) == Place(2, 7, "f")
    assert document.place(("a", "b", 1, "c")) == Place(2, 14, "f")
    assert document.key_place(("a", "b", 1, "c")) == Place(2, 11, "f")
    assert document.place(("a", "b", 9)) == document.place(("a", "b"))
    assert document.place(("a", "b", "x")) == document.place(("a", "b"))
    assert document.place(("a", "missing", "deeper")) == document.place(("a",))
    assert document.known(("a", "tag", "b", 1, "nothing")) == ("a", "b", 1)


def test_places_within_texts() -> None:
    """A position inside a text is exact for one line and for literal blocks."""
    text = (
        "plain: one two\nquoted: 'one two'\nblock: |\n\n    one\n    two\nfolded: >\n  one\n  two\n"
    )
    document = loads(text, "f")
    assert document.place_within(("plain",), 1, 5) == Place(1, 12, "f")
    assert document.place_within(("plain",), 2, 1) == Place(1, 8, "f")
    assert document.place_within(("quoted",), 1, 5) == Place(2, 14, "f")
    assert document.place_within(("block",), 3, 2) == Place(6, 6, "f")
    assert document.place_within(("folded",), 1, 5) == document.place(("folded",))


def test_aliases_are_copies_placed_at_their_anchor() -> None:
    """What an alias brings in shares nothing with its anchor, and is placed there."""
    document = loads("a: &x {b: [1]}\nc: *x\n", "f")
    assert document.data == {"a": {"b": [1]}, "c": {"b": [1]}}
    assert document.data["a"]["b"] is not document.data["c"]["b"]
    assert document.place(("c", "b", 0)) == Place(1, 12, "f")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "f:1:1: is empty"),
        ("# only words\n", "f:1:1: is empty"),
        ("- a\n", "f:1:1: holds no mapping (write keys and values at the top)"),
        ("word", "f:1:1: holds no mapping (write keys and values at the top)"),
        ("a: 1\n---\nb: 2\n", "f:2:1: holds a second document (one file, one document)"),
        ("a: [1\nb: 2\n", "f:2:2: expected ',' or ']', but got ':'"),
        ("a: 'open\n", "f:2:1: found unexpected end of stream"),
        ("a: x\n  b: y\n", "f:2:4: mapping values are not allowed here"),
        ("a: 1\nb: \x01\n", "f:2:4: the character U+0001 is not allowed"),
        ("\tb: 1", "f:1:1: found character '\\t' that cannot start any token"),
        ("a: !!python/name:os.system x\n", "f:1:4: a: has the tag tag:yaml.org,2002:python/name:"),
        ("a: !x [1]\n", "f:1:4: a: has the tag !x, and tags are not obeyed (remove the tag)"),
        ("!!str a: 1\n", "f:1:1: ?: has the tag tag:yaml.org,2002:str, and tags are not obeyed"),
        ("a: 1\na: 2\n", "f:2:1: a: the key is given twice, first on line 1 (keep one of them)"),
        ("a: {<<: {b: 1}}\n", "f:1:5: a: merge keys (<<) are no part of YAML 1.2"),
        ("? [a]\n: 1\n", "f:1:3: a key is a word, not an alias, a list or a mapping"),
        ("a: &x 1\n*x : 2\n", "f:2:1: a key is a word, not an alias, a list or a mapping"),
        ("a: *x\n", "f:1:4: a: there is no anchor &x before"),
        ("a: &x [*x]\n", "f:1:8: a[0]: contains itself"),
        ("a: .inf\n", "f:1:4: a: the number .inf is too large or not finite"),
        ("a: .nan\n", "f:1:4: a: the number .nan is too large or not finite"),
        ("a: 1e999\n", "f:1:4: a: the number 1e999 is too large or not finite"),
        ("a: 9223372036854775808\n", "f:1:4: a: the number 9223372036854775808 is too large"),
        ("a: 0x8000000000000000\n", "f:1:4: a: the number 0x8000000000000000 is too large"),
        (f"a: {'9' * 50}\n", f"f:1:4: a: the number {'9' * 40} is too large or not finite"),
        ('a: "\\ud800"\n', "f:1:4: a: holds half of a surrogate pair, which is no character"),
        ('a: "\\UFFFFFFFF"\n', "f:1:1: is no YAML from here on: "),
        ('b: 1\na: "\\U00110000"\n', "f:2:1: is no YAML from here on: chr() arg"),
        (f"%YAML 1.{'9' * 5000}\n---\na: 1\n", "f:1:1: is no YAML from here on: "),
        ("%YAML 2.0\n---\na: 1\n", "f:1:1: found incompatible YAML document"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, fault: str) -> None:
    """Each malformed or unwanted construct is one fault, at its line and column."""
    assert len(found := _faults(text)) == 1
    assert found[0].startswith(fault)


def test_all_that_can_be_passed_over_is_said_at_once() -> None:
    """A file that can be read to its end reports everything at once, and still has data."""
    document = loads("a: !x 1\nb: *none\na: 2\nc: 3\n", "f")
    assert [(fault.line, fault.path) for fault in document.faults] == [
        (1, "a"),
        (2, "b"),
        (3, "a"),
    ]
    assert document.data == {"a": 1, "b": None, "c": 3}


def test_faults_that_end_the_reading_bring_the_others_along() -> None:
    """What was found before the fault that ends the reading is not lost."""
    assert len(_faults("a: !x 1\nb: [\n")) == 2


def test_billion_laughs_are_counted_before_they_are_told() -> None:
    """Aliases of aliases are measured, not expanded."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    found = _faults("\n".join(lines))
    assert len(found) == 1
    assert f"comes to more than {DEFINITION.values} values" in found[0]


@pytest.mark.parametrize(
    "text",
    [
        f"a: {'[' * 5000}",
        f"a: {'{b: ' * 5000}",
        "? " * 5000,
        "- " * 5000,
        "a0: &a0 [x]\n" + "\n".join(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 60)),
    ],
    ids=["lists", "mappings", "keys", "compact", "aliases"],
)
def test_depth_is_bounded(text: str) -> None:
    """However depth is reached, it ends with a fault and not with the interpreter's stack."""
    assert f"nested deeper than {MAX_DEPTH} levels" in _faults(text)[-1]


def test_the_number_of_values_is_bounded() -> None:
    """A file of very many small values is not read to its end."""
    found = _faults("a: [" + "1," * (DEFINITION.values + 10) + "]")
    assert found[0].endswith(f"the file comes to more than {DEFINITION.values} values")


def test_size_is_bounded(tmp_path: Path) -> None:
    """A file larger than the limit is not parsed, neither from disk nor from text."""
    path = tmp_path / "huge.yaml"
    path.write_text("#" * (DEFINITION.size + 1))
    with pytest.raises(FaultsError, match=f"{path}:1:1: is larger than {DEFINITION.size} bytes"):
        load(path)
    assert _faults("é" * (DEFINITION.size // 2 + 1)) == [
        f"f:1:1: is larger than {DEFINITION.size} bytes"
    ]


def test_who_reads_may_set_other_limits(tmp_path: Path) -> None:
    """Files of another kind may be larger, or must be smaller."""
    path = tmp_path / "file.yaml"
    path.write_text("a: 1\n")
    assert load(path, Limits(5, 3)).data == {"a": 1}
    with pytest.raises(FaultsError, match="is larger than 4 bytes"):
        load(path, Limits(4, 3))
    with pytest.raises(FaultsError, match="comes to more than 2 values"):
        load(path, Limits(5, 2))


def test_files_are_utf8_with_or_without_a_mark(tmp_path: Path) -> None:
    """A byte order mark is passed over; another encoding is a fault with its line."""
    path = tmp_path / "file.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: \xc3\xa9\n")
    assert load(path).data == {"a": "é"}
    path.write_bytes(b"a: 1\nb: \xe9\n")
    with pytest.raises(FaultsError, match=r"file\.yaml:2:1: is not UTF-8 text"):
        load(path)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    """A missing file and a folder are faults, not tracebacks."""
    with pytest.raises(FaultsError, match=r"none\.yaml:1:1: cannot be read: No such file"):
        load(tmp_path / "none.yaml")
    with pytest.raises(FaultsError, match="cannot be read: Is a directory"):
        load(tmp_path)


def test_windows_line_ends_do_not_move_places() -> None:
    """Lines that end in CR LF count as one."""
    assert loads("a: 1\r\nb: 2\r\n", "f").place(("b",)) == Place(2, 4, "f")
