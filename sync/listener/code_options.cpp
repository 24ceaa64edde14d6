#include "sync/listener/code_options.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>

#include "sync/listener/code_commands.h"
#include "sync/listener/qr_picture.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

namespace {

// Yes or no, from a person.
bool says_yes(const std::string& question) {
    fmt::print("{} [y/N] ", question);
    std::fflush(stdout);
    std::array<char, 64> line{};
    if (!std::fgets(line.data(), static_cast<int>(line.size()), stdin))
        return false;
    return line[0] == 'y' || line[0] == 'Y';
}

std::string invitation_in(const std::string& out) {
    const std::string_view mark = invitation_line;
    const auto at = out.find(mark);
    if (at == std::string::npos)
        return {};
    const auto begin = at + mark.size();
    return out.substr(begin, out.find('\n', begin) - begin);
}

}  // namespace

void declare_codes(CLI::App& enrol, CLI::App& tablets, CodeWords& words, Command& command) {
    auto* const code = enrol.add_flag("--code", words.code,
                                      "By a code for 15 minutes, also as a QR picture; the tablet makes its "
                                      "keys itself, and you approve it");
    code->excludes(enrol.get_option("--out"));
    enrol.add_option("--endpoint", words.endpoint, "Where tablets find it: https://endpoint.example:8443")
        ->needs(code);
    enrol.add_option("--qr", words.picture, "Write the picture into this file too, as SVG")->needs(code);
    tablets.add_subcommand("waiting", "Codes that are open, and tablets that wait for your word");
    auto& approve = *tablets.add_subcommand("approve", "Let in a tablet that shows the same four words");
    approve.add_option("tablet", command.tablet, "Its name, or its code")->required();
    approve.add_option("--words", words.words, "The four words on its screen; else you are asked");
    tablets.add_subcommand("decline", "Do not let it in; its code is void")
        ->add_option("tablet", command.tablet, "Its name, or its code")
        ->required();
}

CommandOutcome run_enrol_code(const CodeWords& words, Command command, const RunBeside& run) {
    command.name = "enrol-code";
    command.words["endpoint"] = words.endpoint;
    auto outcome = run(command);
    const auto text = invitation_in(outcome.out);
    if (outcome.status != 0 || text.empty())
        return outcome;
    const auto picture = qr_of(text);
    if (!picture.ok()) {
        outcome.err += picture.error().text() + "\n";
        return outcome;
    }
    outcome.out += "\n" + as_blocks(*picture, ::isatty(STDOUT_FILENO) == 1);
    if (words.picture.empty())
        return outcome;
    if (const auto written = write_durably(words.picture, as_svg(*picture), 0600); !written.ok()) {
        outcome.err += written.error().text() + "\n";
        outcome.status = 1;
    }
    return outcome;
}

CommandOutcome run_approve(const CodeWords& words, Command command, const RunBeside& run) {
    command.words["words"] = words.words;
    if (words.words.empty()) {
        command.name = "tablets-words";
        const auto shown = run(command);
        if (shown.status != 0)
            return shown;
        if (::isatty(STDIN_FILENO) != 1)
            return {
                2, {}, "Nobody is at a terminal to compare the words. Give those of the tablet: --words\n"};
        if (!says_yes("    " + shown.out + "\nDoes the screen of that tablet show these four words?"))
            return {1, {}, "It was not let in. If its words differ: doorstep-endpoint tablets decline\n"};
        // What is approved is what was shown here, whatever happened meanwhile.
        command.words["words"] = shown.out;
    }
    command.name = "tablets-approve";
    return run(command);
}

}  // namespace doorstep
