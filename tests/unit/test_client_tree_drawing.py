from octavo.facade.tree_drawing import draw


def test_a_tree_is_drawn_in_the_order_of_its_paths() -> None:
    assert draw(["/box/a.txt", "/box/mid/b.txt", "/box/z.txt"]) == (
        "/\n└── /box\n    ├── a.txt\n    ├── /mid\n    │   └── b.txt\n    └── z.txt"
    )


def test_files_of_the_root_stand_beside_directories() -> None:
    assert draw(["/a.txt", "/b/c.txt"]) == "/\n├── a.txt\n└── /b\n    └── c.txt"


def test_no_paths_are_the_root_alone() -> None:
    assert draw([]) == "/"
