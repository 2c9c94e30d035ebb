"""apiary topology --svg, drawn by Graphviz."""
import unittest
import xml.etree.ElementTree

import lab

FIGURE5 = lab.EXAMPLES / "figure5.conf"


class Picture(unittest.TestCase):
    def test_of_figure_5(self):
        picture = lab.run(lab.BINARY, "topology", "--svg", FIGURE5).stdout
        texts = {element.text for element in xml.etree.ElementTree.fromstring(picture).iter()
                 if element.tag.endswith("}text")}
        for expected in ("10.0.0.1", "10.1.0.1", "10.2.0.1", "routerone", "1 host: netbsd",
                         "55ms, loss 0.1%", "20ms, loss 0.1%", "outside"):
            self.assertTrue(any(expected in text for text in texts), f"{expected} not in {texts}")

    def test_without_graphviz_says_what_to_install(self):
        done = lab.run(lab.BINARY, "topology", "--svg", FIGURE5, check=False, env={"PATH": "/none"})
        self.assertEqual(done.returncode, 1)
        self.assertIn("apt install graphviz", done.stdout)


if __name__ == "__main__":
    lab.main()
