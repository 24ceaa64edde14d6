#include "sync/wire/shorthand.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "forms/base/derived_id.h"

namespace doorstep::wire {

namespace {

constexpr char absolute = 0x00;
constexpr char of_root = 0x1a;
constexpr char of_envelope = 0x1b;
constexpr char new_id = 0x1c;
constexpr char known_id = 0x1d;
constexpr char a_number = 0x1e;
constexpr char jump = 0x1f;

constexpr char id_base = 0x20;
constexpr std::size_t known_max = 0x5f;  // ids that can be named
constexpr std::size_t roots_back = 12;   // of which others may be derived
constexpr std::size_t id_text = 36;
constexpr std::size_t digits_min = 10;
constexpr std::size_t numbers_back = 4;
constexpr std::int64_t shiftable = std::int64_t{1} << 46;
constexpr std::int64_t number_max = std::int64_t{1} << 62;
constexpr std::string_view zstd_mark = "\x28\xb5\x2f\xfd";
constexpr char as_it_is = 's';
constexpr char compressed = 'S';
constexpr int level = 19;  // a few KiB at a finish: milliseconds

Error damaged() {
    return {Fault::damaged, "Its short form cannot be read: it was altered, or a newer version wrote it.",
            ""};
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20;
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// --- numbers ---------------------------------------------------------------

void put(std::string& out, std::uint64_t number) {
    while (number > 0x7f) {
        out += static_cast<char>((number & 0x7f) | 0x80);
        number >>= 7;
    }
    out += static_cast<char>(number);
}

// Hands out bytes from the front, and remembers that there were none.
class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    std::string_view take(std::size_t count) {
        if (count > rest_.size()) {
            failed_ = true;
            return {};
        }
        const auto taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }
    std::size_t byte() {
        const auto one = take(1);
        return one.empty() ? 0 : static_cast<unsigned char>(one[0]);
    }
    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 63; shift += 7) {
            const auto next = byte();
            value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }
        failed_ = true;
        return 0;
    }
    std::string_view rest() { return take(rest_.size()); }
    bool empty() const { return rest_.empty(); }
    bool failed() const { return failed_; }

private:
    std::string_view rest_;
    bool failed_ = false;
};

std::uint64_t zigzag(std::int64_t value) {
    return value >= 0 ? static_cast<std::uint64_t>(value) << 1
                      : (static_cast<std::uint64_t>(-(value + 1)) << 1) + 1;
}
std::int64_t back(std::uint64_t zigzagged) {
    const auto half = static_cast<std::int64_t>(zigzagged >> 1);
    return (zigzagged & 1) == 0 ? half : -half - 1;
}

// The numbers seen so far, and what a next one is near to.
class Nearby {
public:
    static constexpr std::size_t names = 1 + numbers_back * 3;

    // Nothing when that name stands for nothing yet.
    std::optional<std::int64_t> named(std::size_t name) const {
        if (name == 0)
            return 0;
        const auto ago = (name - 1) / 3 + 1;
        if (name >= names || ago > seen_.size())
            return std::nullopt;
        const auto one = seen_[seen_.size() - ago];
        switch ((name - 1) % 3) {
        case 0:
            return one;
        case 1:
            return one < shiftable ? std::optional(one << 16) : std::nullopt;
        default:
            return one >> 16;
        }
    }
    void see(std::int64_t number) { seen_.push_back(number); }

private:
    std::vector<std::int64_t> seen_;
};

void put_number(std::string& out, std::int64_t number, Nearby& nearby) {
    std::size_t best = 0;
    auto least = zigzag(number);
    for (std::size_t name = 1; name < Nearby::names; ++name)
        if (const auto base = nearby.named(name); base && zigzag(number - *base) < least) {
            best = name;
            least = zigzag(number - *base);
        }
    out += static_cast<char>((best << 4) | std::min<std::uint64_t>(least, 15));
    if (least >= 15)
        put(out, least);
    nearby.see(number);
}

std::optional<std::int64_t> take_number(Reader& numbers, Nearby& nearby) {
    const auto first = numbers.byte();
    const auto base = nearby.named(first >> 4);
    const auto difference = back((first & 15) < 15 ? first & 15 : numbers.number());
    if (numbers.failed() || !base || difference > number_max || difference < -number_max)
        return std::nullopt;
    const auto number = *base + difference;  // both are below 2^62
    if (number < 0 || number >= number_max)
        return std::nullopt;
    nearby.see(number);
    return number;
}

// --- ids -------------------------------------------------------------------

// Ids by their numbers, and how many were derived of each.
class Ids {
public:
    explicit Ids(const Uuid& envelope) { learn(envelope); }

    void learn(const Uuid& id) {
        if (known_.size() < known_max)
            known_.push_back({id, 0});
    }
    std::size_t size() const { return known_.size(); }
    const Uuid& at(std::size_t which) const { return known_[which].id; }
    std::optional<std::size_t> which(const Uuid& id) const {
        for (std::size_t i = 0; i < known_.size(); ++i)
            if (known_[i].id == id)
                return i;
        return std::nullopt;
    }
    Uuid next_of_envelope() const { return derived_id(known_.front().id, known_.front().derived); }
    Uuid next_of(std::size_t root) const { return derived_id(known_[root].id, known_[root].derived + 1); }
    void count(std::size_t root) { ++known_[root].derived; }
    std::optional<std::size_t> root_of(const Uuid& id) const {
        for (std::size_t back = 0; back < roots_back && back + 1 < known_.size(); ++back)
            if (const auto root = known_.size() - 1 - back; next_of(root) == id)
                return root;
        return std::nullopt;
    }

private:
    struct Known {
        Uuid id;
        std::uint32_t derived;
    };
    std::vector<Known> known_;
};

// --- the text ----------------------------------------------------------------

// Lower case only, as we write them: it must come back as it was.
std::optional<Uuid> id_at(std::string_view text) {
    if (text.size() < id_text || text[8] != '-' || text[13] != '-')
        return std::nullopt;
    const auto id = Uuid::parse(text.substr(0, id_text));
    return id && id->text() == text.substr(0, id_text) ? id : std::nullopt;
}

// After a colon, ten digits and more, not above 2^62, no zero in front.
std::size_t digits_at(std::string_view json, std::size_t at) {
    if (at == 0 || json[at - 1] != ':' || json[at] == '0')
        return 0;
    std::size_t end = at;
    while (end < json.size() && is_digit(json[end]))
        ++end;
    const auto count = end - at;
    return count >= digits_min && count <= 18 && end < json.size() && (json[end] == ',' || json[end] == '}')
               ? count
               : 0;
}

struct Marked {
    std::string text;  // ids and numbers replaced
    std::string ids;
    std::string numbers;
};

void mark_id(const Uuid& id, Ids& ids, Marked& out) {
    if (const auto known = ids.which(id)) {
        out.text += {known_id, static_cast<char>(id_base + static_cast<char>(*known))};
    } else if (id == ids.next_of_envelope()) {
        out.text += of_envelope;
        ids.count(0);
    } else if (const auto root = ids.root_of(id)) {
        out.text += {of_root, static_cast<char>(id_base + static_cast<char>(*root))};
        ids.count(*root);
    } else {
        out.text += new_id;
        out.ids += id.raw();
        ids.learn(id);
    }
}

std::optional<Marked> marked(std::string_view json, const Uuid& envelope) {
    Marked out;
    Ids ids(envelope);
    Nearby nearby;
    for (std::size_t at = 0; at < json.size();) {
        if (is_control(json[at]))
            return std::nullopt;
        if (const auto id = id_at(json.substr(at))) {
            mark_id(*id, ids, out);
            at += id_text;
        } else if (const auto digits = is_digit(json[at]) ? digits_at(json, at) : 0; digits > 0) {
            std::int64_t number = 0;
            for (const char digit : json.substr(at, digits))
                number = number * 10 + (digit - '0');
            out.text += a_number;
            put_number(out.numbers, number, nearby);
            at += digits;
        } else {
            out.text += json[at++];
        }
    }
    return out;
}

std::string in_phrases(std::string_view text, const PhraseBook& book) {
    std::string out;
    std::size_t last = 0;
    while (!text.empty()) {
        const auto found = book.find(text, last);
        if (found.length == 0) {
            out += text.front();
            text.remove_prefix(1);
            continue;
        }
        const auto step = found.place > last ? found.place - last : 0;
        if (step > 0 && step <= shorthand::step_last)
            out += static_cast<char>(step);
        else if (step > 0 && step <= shorthand::jump_max)
            out += {jump, static_cast<char>(step - shorthand::step_last - 1)};
        else
            out += {absolute, static_cast<char>(found.place >> 8), static_cast<char>(found.place & 0xff)};
        last = found.place;
        text.remove_prefix(found.length);
    }
    return out;
}

struct FreeContext {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

// Without zstd's mark; empty when it failed.
std::string squeezed(std::string_view text) {
    const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
    if (!context)
        return {};
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
    std::string frame(ZSTD_compressBound(text.size()), '\0');
    const auto size = ZSTD_compress2(context.get(), frame.data(), frame.size(), text.data(), text.size());
    if (ZSTD_isError(size) || size <= zstd_mark.size())
        return {};
    return frame.substr(zstd_mark.size(), size - zstd_mark.size());
}

std::optional<std::string> unsqueezed(std::string_view bytes, std::size_t bytes_max) {
    const auto frame = std::string(zstd_mark) + std::string(bytes);
    const auto declared = ZSTD_getFrameContentSize(frame.data(), frame.size());
    if (declared == ZSTD_CONTENTSIZE_ERROR || declared == ZSTD_CONTENTSIZE_UNKNOWN || declared > bytes_max)
        return std::nullopt;
    std::string text(static_cast<std::size_t>(declared), '\0');
    const auto size = ZSTD_decompress(text.data(), text.size(), frame.data(), frame.size());
    if (ZSTD_isError(size) || size != text.size())
        return std::nullopt;
    return text;
}

// The text with its phrases written out; nothing when it names none, or grows too large.
std::optional<std::string> written_out(std::string_view text, const PhraseBook& book, std::size_t bytes_max) {
    std::string out;
    std::size_t last = 0;
    Reader reader(text);
    while (!reader.empty()) {
        const auto code = reader.byte();
        if (code >= static_cast<std::size_t>(of_root) && code != static_cast<std::size_t>(jump)) {
            out += static_cast<char>(code);
        } else {
            if (code == static_cast<std::size_t>(absolute)) {
                const auto high = reader.byte();
                last = (high << 8) | reader.byte();
            } else {
                last +=
                    code == static_cast<std::size_t>(jump) ? shorthand::step_last + 1 + reader.byte() : code;
            }
            if (reader.failed() || last >= book.size())
                return std::nullopt;
            out += book.at(last);
        }
        if (out.size() > bytes_max)
            return std::nullopt;
    }
    return out;
}

// Puts ids and numbers back where they are marked.
class Unmarking {
public:
    Unmarking(const Uuid& envelope, std::string_view ids, std::string_view numbers)
        : known_(envelope), ids_(ids), numbers_(numbers) {}

    std::optional<std::string> text(std::string_view marked, std::size_t bytes_max) {
        std::string out;
        Reader reader(marked);
        while (!reader.empty() && out.size() <= bytes_max) {
            const auto c = static_cast<char>(reader.byte());
            if (!is_control(c))
                out += c;
            else if (const auto meant = one(c, reader))
                out += *meant;
            else
                return std::nullopt;
        }
        const bool all_used = ids_.empty() && numbers_.empty();
        return out.size() <= bytes_max && all_used ? std::optional(std::move(out)) : std::nullopt;
    }

private:
    std::optional<std::string> one(char c, Reader& reader) {
        if (c == a_number) {
            const auto number = take_number(numbers_, nearby_);
            return number ? std::optional(std::to_string(*number)) : std::nullopt;
        }
        if (c == of_envelope) {
            const auto id = known_.next_of_envelope();
            known_.count(0);
            return id.text();
        }
        if (c == new_id) {
            const auto id = Uuid::from_bytes(ids_.take(id_text - 20));
            if (id)
                known_.learn(*id);
            return id ? std::optional(id->text()) : std::nullopt;
        }
        const auto which = reader.byte() - static_cast<std::size_t>(id_base);
        if (reader.failed() || which >= known_.size() || (c != known_id && c != of_root))
            return std::nullopt;
        if (c == known_id)
            return known_.at(which).text();
        const auto id = known_.next_of(which);
        known_.count(which);
        return id.text();
    }

    Ids known_;
    Reader ids_;
    Reader numbers_;
    Nearby nearby_;
};

}  // namespace

bool is_short(std::string_view bytes) {
    return bytes.starts_with(as_it_is) || bytes.starts_with(compressed);
}

std::string shorten(std::string_view json, const PhraseBook& book, const Uuid& envelope) {
    const auto marks = marked(json, envelope);
    if (!marks)
        return {};
    const auto text = in_phrases(marks->text, book);
    const auto small = squeezed(text);
    const bool smaller = !small.empty() && small.size() < text.size();
    std::string out(1, smaller ? compressed : as_it_is);
    out += book.id();
    put(out, marks->ids.size() / sizeof(Uuid::bytes));
    put(out, marks->numbers.size());
    out += marks->ids + marks->numbers + (smaller ? small : text);
    return out;
}

Result<std::string> lengthen(std::string_view bytes, const PhraseBooks& books, const Uuid& envelope,
                             std::size_t bytes_max) {
    if (!is_short(bytes))
        return damaged();
    Reader reader(bytes);
    const bool as_frame = reader.take(1).front() == compressed;
    const auto book_id = reader.take(shorthand::book_id_bytes);
    const auto ids_count = reader.number();
    const auto numbers_size = reader.number();
    if (reader.failed() || ids_count > bytes.size() / sizeof(Uuid::bytes) || numbers_size > bytes.size())
        return damaged();
    const auto* book = books.by_id(book_id);
    if (book == nullptr)
        return Error{Fault::not_found, "It was written with a form that is not published here.", ""};
    const auto ids = reader.take(static_cast<std::size_t>(ids_count) * sizeof(Uuid::bytes));
    const auto numbers = reader.take(static_cast<std::size_t>(numbers_size));
    if (reader.failed())
        return damaged();
    const auto rest = reader.rest();
    const auto text = as_frame ? unsqueezed(rest, bytes_max) : std::optional(std::string(rest));
    const auto marks = text ? written_out(*text, *book, bytes_max) : std::nullopt;
    auto json = marks ? Unmarking(envelope, ids, numbers).text(*marks, bytes_max) : std::nullopt;
    if (!json)
        return damaged();
    return std::move(*json);
}

}  // namespace doorstep::wire
