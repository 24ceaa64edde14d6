#include "client/wording/wording.h"

#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "client/wording/po_file.h"

namespace doorstep {

namespace {

constexpr std::size_t bytes_max = 4 * 1024 * 1024;
constexpr char context_end = '\4';  // as gettext joins context and text

std::string key_of(const PoEntry& entry) {
    return entry.context ? *entry.context + context_end + entry.id : entry.id;
}

Error wrong(const std::string& file, std::size_t line, const std::string& what,
            const std::string& mend = {}) {
    return {Fault::bad_input, fmt::format("{}:{}: {}", file, line, what), mend};
}

// "Language: pl" of the text of the entry without an id.
std::string field_of(const std::string& header, std::string_view name) {
    for (std::size_t at = 0; at < header.size();) {
        const auto end = std::min(header.find('\n', at), header.size());
        const std::string_view line(header.data() + at, end - at);
        if (line.starts_with(name) && line.substr(name.size()).starts_with(':')) {
            const auto value = line.substr(name.size() + 1);
            const auto begin = value.find_first_not_of(' ');
            return begin == std::string_view::npos ? std::string{} : std::string(value.substr(begin));
        }
        at = end + 1;
    }
    return {};
}

std::string with_number(std::string text, long n) {
    const auto number = std::to_string(n);
    for (auto at = text.find("%d"); at != std::string::npos; at = text.find("%d", at + number.size()))
        text.replace(at, 2, number);
    return text;
}

}  // namespace

Wording::Wording() = default;

Result<Wording> Wording::read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in)
        return Error{Fault::not_found, fmt::format("The catalogue {} cannot be opened.", path),
                     "Install Doorstep again."};
    std::string text(bytes_max + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad())
        return Error{Fault::damaged, fmt::format("The catalogue {} cannot be read.", path), ""};
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > bytes_max)
        return Error{Fault::bad_input, fmt::format("The catalogue {} is larger than 4 MB.", path), ""};
    return parse(text, path);
}

Result<Wording> Wording::parse(std::string_view text, const std::string& file) {
    TRY(auto entries, read_po(text, file));
    if (entries.empty() || !entries.front().id.empty() || entries.front().context)
        return wrong(file, 1, "The catalogue does not begin with its header.",
                     "Begin with msgid \"\" and a msgstr that names Language and Plural-Forms.");
    const auto& header = entries.front().texts.front();
    Wording wording;
    wording.language_ = field_of(header, "Language");
    wording.status_ = field_of(header, "X-Doorstep-Status");
    if (wording.language_.empty())
        return wrong(file, entries.front().line, "The header does not name its Language.");
    if (field_of(header, "Content-Type").find("charset=UTF-8") == std::string::npos)
        return wrong(file, entries.front().line, "The header does not say charset=UTF-8.");
    for (char& c : wording.language_)
        c = c == '_' ? '-' : c;
    auto rule = PluralRule::parse(field_of(header, "Plural-Forms"));
    if (!rule.ok())
        return wrong(file, entries.front().line, rule.error().what, rule.error().mend);
    wording.plurals_ = std::move(rule).value();
    std::map<std::string, std::size_t> lines;
    for (std::size_t i = 1; i < entries.size(); ++i) {
        auto& entry = entries[i];
        if (const auto [at, fresh] = lines.emplace(key_of(entry), entry.line); !fresh)
            return wrong(file, entry.line, fmt::format("This text stands in line {} already.", at->second));
        if (entry.plural && entry.texts.size() != wording.plurals_.forms())
            return wrong(file, entry.line,
                         fmt::format("The language has {} plural forms; here are {}.",
                                     wording.plurals_.forms(), entry.texts.size()));
        bool translated = true;
        for (const auto& one : entry.texts)
            translated = translated && !one.empty();
        if (translated)
            wording.texts_.emplace(key_of(entry), std::move(entry.texts));
    }
    return wording;
}

std::string Wording::say(std::string_view english) const {
    const auto known = texts_.find(english);
    return known == texts_.end() ? std::string(english) : known->second.front();
}

std::string Wording::say_in(std::string_view context, std::string_view english) const {
    const auto known = texts_.find(fmt::format("{}{}{}", context, context_end, english));
    return known == texts_.end() ? say(english) : known->second.front();
}

std::string Wording::say_n(std::string_view one, std::string_view many, long n) const {
    const auto size = n < 0 ? 0 - static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n);
    const auto known = texts_.find(one);
    if (known == texts_.end() || known->second.size() != plurals_.forms())
        return with_number(std::string(size == 1 ? one : many), n);
    return with_number(known->second[plurals_.form_of(size)], n);
}

bool Wording::right_to_left() const {
    const auto primary = language_.substr(0, language_.find('-'));
    return primary == "ar" || primary == "fa" || primary == "he" || primary == "ur";
}

bool Wording::knows(std::string_view english) const {
    return texts_.contains(english);
}

}  // namespace doorstep
