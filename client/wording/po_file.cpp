#include "client/wording/po_file.h"

#include <fmt/format.h>

#include "forms/base/encoding.h"

namespace doorstep {

namespace {

constexpr std::size_t forms_max = 8;

// What the next line of text in quotes goes on.
enum class Into : std::uint8_t { nothing, context, id, plural, text };

class PoReader {
public:
    explicit PoReader(const std::string& file) : file_(file) {}

    Result<std::vector<PoEntry>> read(std::string_view text) {
        if (text.starts_with("\xEF\xBB\xBF"))
            text.remove_prefix(3);
        while (!text.empty()) {
            const auto end = text.find('\n');
            auto line = text.substr(0, end);
            text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
            ++number_;
            if (line.ends_with('\r'))
                line.remove_suffix(1);
            TRY_DO(one(line));
        }
        TRY_DO(close());
        return std::move(entries_);
    }

private:
    Error wrong(const std::string& what, const std::string& mend = {}) const {
        return {Fault::bad_input, fmt::format("{}:{}: {}", file_, number_, what), mend};
    }

    Result<void> one(std::string_view line) {
        if (!is_utf8(line))
            return wrong("The line is not UTF-8.", "Save the catalogue as UTF-8.");
        const auto begin = line.find_first_not_of(" \t");
        if (begin == std::string_view::npos)
            return close();
        line.remove_prefix(begin);
        if (line.front() == '#')
            return comment(line);
        if (line.front() == '"')
            return more(line);
        return keyword(line);
    }

    Result<void> comment(std::string_view line) {
        if (into_ == Into::text)
            TRY_DO(close());
        if (line.starts_with("#,") && line.find("fuzzy") != std::string_view::npos)
            now_.fuzzy = true;
        return {};
    }

    Result<void> keyword(std::string_view line) {
        const auto end = line.find_first_of(" \t\"");
        const auto word = line.substr(0, end);
        const auto quoted = end == std::string_view::npos ? std::string_view{} : line.substr(end);
        if (word == "msgctxt") {
            TRY_DO(before_entry());
            now_.context.emplace();
            into_ = Into::context;
        } else if (word == "msgid") {
            if (into_ != Into::context)
                TRY_DO(before_entry());
            now_.line = number_;
            into_ = Into::id;
        } else if (word == "msgid_plural") {
            if (into_ != Into::id)
                return wrong("msgid_plural stands without its msgid before it.");
            now_.plural.emplace();
            into_ = Into::plural;
        } else {
            TRY_DO(text_keyword(word));
        }
        return more(quoted);
    }

    // A new entry; the one before it is whole.
    Result<void> before_entry() {
        const bool fuzzy = now_.fuzzy && into_ == Into::nothing;
        TRY_DO(close());
        now_.fuzzy = fuzzy;
        return {};
    }

    Result<void> text_keyword(std::string_view word) {
        if (into_ != Into::id && into_ != Into::plural && into_ != Into::text)
            return word.starts_with("msgstr") ? wrong("msgstr stands without its msgid before it.")
                                              : unknown(word);
        if (word == "msgstr") {
            if (now_.plural || !now_.texts.empty())
                return wrong(now_.plural ? "An entry with a plural has msgstr[0], msgstr[1] ..."
                                         : "The entry has two translations.");
        } else {
            const auto expected = fmt::format("msgstr[{}]", now_.texts.size());
            if (!word.starts_with("msgstr["))
                return unknown(word);
            if (!now_.plural)
                return wrong("Only an entry with msgid_plural has several translations.");
            if (word != expected || now_.texts.size() >= forms_max)
                return wrong(fmt::format("{} is expected here.", expected));
        }
        now_.texts.emplace_back();
        into_ = Into::text;
        return {};
    }

    Error unknown(std::string_view word) const {
        return wrong(fmt::format("\"{}\" is no word of a catalogue.", word.substr(0, 40)),
                     "Each line begins with msgid, msgid_plural, msgctxt, msgstr, # or a quotation mark.");
    }

    Result<void> more(std::string_view line) {
        TRY(const std::string text, unquoted(line));
        switch (into_) {
        case Into::nothing:
            return wrong("A text stands without a word before it.");
        case Into::context:
            *now_.context += text;
            break;
        case Into::id:
            now_.id += text;
            break;
        case Into::plural:
            *now_.plural += text;
            break;
        case Into::text:
            now_.texts.back() += text;
        }
        return {};
    }

    Result<std::string> unquoted(std::string_view line) const {
        const auto begin = line.find_first_not_of(" \t");
        if (begin == std::string_view::npos || line[begin] != '"')
            return wrong("A text in quotation marks is expected here.");
        std::string out;
        for (std::size_t i = begin + 1; i < line.size(); ++i) {
            if (line[i] == '"') {
                if (line.find_first_not_of(" \t", i + 1) != std::string_view::npos)
                    return wrong("Something stands after the closing quotation mark.",
                                 "Write a quotation mark within a text as \\\".");
                return out;
            }
            if (line[i] != '\\') {
                out += line[i];
                continue;
            }
            TRY(const char escaped, escape(line, i));
            out += escaped;
        }
        return wrong("The closing quotation mark is missing.");
    }

    // `at` stands on the backslash, and afterwards on the last character of the escape.
    Result<char> escape(std::string_view line, std::size_t& at) const {
        constexpr std::string_view names = "ntr\"\\abfv", meant = "\n\t\r\"\\\a\b\f\v";
        const char named = ++at < line.size() ? line[at] : '\0';
        if (const auto known = names.find(named); named != '\0' && known != std::string_view::npos)
            return meant[known];
        return wrong("The text holds an escape that is not known.",
                     "Known are \\n, \\t, \\r, \\\", \\\\, \\a, \\b, \\f and \\v.");
    }

    Result<void> close() {
        if (into_ == Into::nothing)
            return {};
        if (into_ != Into::text)
            return wrong("The entry before this line has no msgstr.");
        entries_.push_back(std::move(now_));
        now_ = {};
        into_ = Into::nothing;
        return {};
    }

    const std::string& file_;
    std::size_t number_ = 0;
    Into into_ = Into::nothing;
    PoEntry now_;
    std::vector<PoEntry> entries_;
};

}  // namespace

Result<std::vector<PoEntry>> read_po(std::string_view text, const std::string& file) {
    return PoReader(file).read(text);
}

}  // namespace doorstep
