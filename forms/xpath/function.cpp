#include "forms/xpath/function.h"

#include <fmt/format.h>

#include <array>

namespace doorstep::xpath {

const Function* find_function(std::string_view name) {
    for (const auto theme :
         {logic_functions, text_functions, number_functions, date_functions, choice_functions, node_functions,
          repeat_functions, geo_functions, random_functions})
        for (const Function& one : theme())
            if (one.name == name)
                return &one;
    return nullptr;
}

bool takes(const Function& function, std::size_t arguments) {
    if (arguments < function.least || arguments > function.most)
        return false;
    // Repeats come with their index: 3, 5, 7 ...; weighted answers with their weight: 2, 4, 6 ...
    if (function.name == "indexed-repeat")
        return arguments % 2 == 1;
    return function.name != "weighted-checklist" || arguments % 2 == 0;
}

Result<double> Call::number(std::size_t index) const {
    TRY(const Value found, value(index));
    return coercions().number(found);
}

Result<std::string> Call::text(std::size_t index) const {
    TRY(Value found, value(index));
    if (auto* plain = std::get_if<std::string>(&found))
        return std::move(*plain);
    return coercions().text(found);
}

Result<bool> Call::boolean(std::size_t index) const {
    TRY(const Value found, value(index));
    return coercions().boolean(found);
}

Result<NodeSet> Call::nodes(std::size_t index) const {
    return evaluator_.nodes(syntax_.operands[index], focus_);
}

Result<std::vector<std::string>> Call::texts(std::size_t from) const {
    std::vector<std::string> all;
    std::size_t bytes = 0;
    const auto fits = [&](std::string text) {
        bytes += text.size();
        all.push_back(std::move(text));
        return bytes <= joined_limit;
    };
    for (std::size_t i = from; i < size(); ++i) {
        TRY(const Value found, value(i));
        const auto* set = std::get_if<NodeSet>(&found);
        bool good = true;
        if (!set)
            good = fits(coercions().text(found));
        else
            for (std::size_t at = 0; good && at < set->nodes.size(); ++at)
                good = fits(tree().text(set->nodes[at]));
        if (!good)
            return wrong(fmt::format("its texts are more than {} bytes together.", joined_limit));
    }
    return all;
}

Error Call::wrong(std::string_view what) const {
    return {Fault::bad_input, fmt::format("{}() at character {}: {}", syntax_.text, syntax_.character, what),
            ""};
}

std::vector<std::string_view> characters(std::string_view text) {
    std::vector<std::string_view> all;
    for (std::size_t begin = 0; begin < text.size();) {
        std::size_t end = begin + 1;
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
            ++end;
        all.push_back(text.substr(begin, end - begin));
        begin = end;
    }
    return all;
}

std::vector<std::string_view> split_blanks(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    std::vector<std::string_view> words;
    for (auto begin = text.find_first_not_of(blanks); begin != std::string_view::npos;) {
        const auto end = std::min(text.find_first_of(blanks, begin), text.size());
        words.push_back(text.substr(begin, end - begin));
        begin = text.find_first_not_of(blanks, end);
    }
    return words;
}

}  // namespace doorstep::xpath
