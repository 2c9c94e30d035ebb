"""The parts of tools/generate that make the completion for bash and zsh."""
import re

from described import leaves, names_of, wrapped

FILES = ("FILE", "PATH", "FILE.html", "OUT.pcap", "IN.pcap")


def bash_action(name, thing):
    """The completion of a value or an argument, in the form of _apiary_complete."""
    for words in ("choices", "beginnings"):
        if words in thing:
            return "words:" + ",".join(thing[words])
    if name in FILES:
        return "file"
    return {"IFACE": "interface", "USER": "user", "WORDS": "personality", "NAME": "personality",
            "WHERE": "words:unix:/dev/log,udp:,tcp:"}.get(name, "none")


def bash_table(table, key, words):
    lines = wrapped(words, 90)
    return [f"{table}['{key}']='" + "\n  ".join(lines) + "'"] if lines else []


def bash_parts(described):
    program = described["program"]
    commands = [sub["name"] for sub in program["commands"]]
    lines = [f"_apiary_commands='{' '.join(commands)}'"]
    for sub in program["commands"]:
        lines += bash_table("_apiary_subcommands", sub["name"], [leaf["name"] for leaf in sub["commands"]])
    for path, command in leaves(program):
        name = " ".join(path)
        lines += bash_table("_apiary_options", name, names_of(command["options"]))
        lines += bash_table("_apiary_values", name,
                            [f"{word}={bash_action(option['value'], option)}" for option in command["options"]
                             if "value" in option for word in option["names"]])
        arguments = [bash_action(argument["names"][0], argument) for argument in command["arguments"]]
        if name == "ctl":
            arguments = ["words:" + ",".join(words_of_ctl(described))]
        if name == "help":
            arguments = ["words:" + ",".join(commands)]
        lines += bash_table("_apiary_arguments", name, arguments)
    return {"tables": lines}


def words_of_ctl(described):
    return [command["name"] for command in described["control"]] + described["language"]["statements"]


def zsh_text(text):
    return re.sub(r"([\[\]:\\])", r"\\\1", text).replace("'", "'\\''")


def zsh_action(name, thing):
    for words in ("choices", "beginnings"):
        if words in thing:
            return f"({' '.join(zsh_text(word) for word in thing[words])})"
    return {"IFACE": "_net_interfaces", "USER": "_users", "WHERE": "(unix\\:/dev/log udp\\: tcp\\:)", "PORT": "_ports",
            "WORDS": "_apiary_personality_names", "NAME": "_apiary_personality_names",
            "COMMAND": "_apiary_words"}.get(name, "_files" if name in FILES else "")


def zsh_option(option):
    names = option["names"]
    text = zsh_text(re.split(r"[:;]| \(default", option["description"])[0])
    value = ""
    if "value" in option:
        label = option["value"].lower().replace(":", " ")
        value = f":{label}:{zsh_action(option['value'], option)}"
    if option["repeatable"]:
        head = "'*'" if len(names) == 1 else "'*'{" + ",".join(names) + "}"
        return f"{head}'{names[0] if len(names) == 1 else ''}[{text}]{value}'"
    if len(names) == 1:
        return f"'{names[0]}[{text}]{value}'"
    return f"'({' '.join(names)})'{{{','.join(names)}}}'[{text}]{value}'"


def zsh_argument(argument, position):
    name = argument["names"][0]
    where = "*" if argument["repeatable"] else str(position) + ("" if argument["required"] else ":")
    # "1:label:action", "2::label:action" if it is optional, "*:label:action"
    return f"'{where}:{name.lower()}:{zsh_action(name, argument)}'"


def zsh_command(command, indent):
    words = [zsh_option(option) for option in command["options"]]
    words += [zsh_argument(argument, i + 1) for i, argument in enumerate(command["arguments"])]
    return [f"{indent}_arguments \\"] + [f"{indent}  {word} \\" for word in words[:-1]] + [f"{indent}  {words[-1]} ;;"]


def zsh_list(name, commands):
    lines = [f"{name}=("]
    lines += [f"  '{command['name']}:{zsh_text(command['description'])}'" for command in commands]
    return lines + [")"]


def zsh_parts(described):
    program = described["program"]
    cases = []
    for sub in program["commands"]:
        if sub["commands"]:
            for leaf in sub["commands"]:
                cases += [f"  '{sub['name']} {leaf['name']}')", *zsh_command(leaf, "    ")]
        else:
            cases += [f"  {sub['name']})", *zsh_command(sub, "    ")]
    tables = zsh_list("commands", program["commands"])
    for sub in program["commands"]:
        if sub["commands"]:
            tables += zsh_list(f"{sub['name']}_commands", sub["commands"])
    words = zsh_list("questions", described["control"])
    words += ["statements=(", *("  " + line for line in wrapped(described["language"]["statements"], 90)), ")"]
    return {"tables": tables, "words of ctl": words, "commands": cases}
