#include "sync/wire/shorthand.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "forms/base/encoding.h"
#include "sync/wire/likely_text.h"
#include "sync/wire/shorthand_streams.h"

namespace doorstep::wire {

namespace {

using namespace shorthand;

constexpr char id_base = 0x20;
constexpr std::size_t id_text = 36;
constexpr std::size_t digits_min = 10;
constexpr std::size_t blob_text_min = 68;  // longer than a SHA-256 in hex, which phrases hold
constexpr std::size_t no_phrase = std::numeric_limits<std::size_t>::max();
constexpr std::string_view zstd_mark = "\x28\xb5\x2f\xfd";
constexpr char as_it_is = 's';
constexpr char likely = 'T';
constexpr char compressed = 'S';
constexpr int level = 19;  // a few KiB at a finish: milliseconds

Error damaged() {
    return {Fault::damaged, "Its short form cannot be read: it was altered, or a newer version wrote it.",
            ""};
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20;
}
std::size_t until_control(std::string_view text) {
    return static_cast<std::size_t>(std::find_if(text.begin(), text.end(), is_control) - text.begin());
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

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

// A whole string of base64, as one that was written by us.
std::size_t base64_at(std::string_view json, std::size_t at) {
    if (at == 0 || json[at - 1] != '"')
        return 0;
    const auto end = json.find('"', at);
    return end != std::string_view::npos && end - at >= blob_text_min && (end - at) % 4 == 0 ? end - at : 0;
}

struct Marked {
    std::string text;  // ids, numbers and blobs replaced
    std::string ids;
    std::string numbers;
    std::string blobs;
    std::string sides;  // ids and blobs as they stand in the text
};

bool mark_blob(std::string_view text, Marked& out) {
    const auto bytes = text.empty() ? std::nullopt : from_base64(text);
    if (!bytes || to_base64(*bytes) != text)
        return false;
    out.text += a_blob;
    std::string blob;
    put(blob, bytes->size());
    blob += *bytes;
    out.blobs += blob;
    out.sides += blob;
    return true;
}

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
        out.sides += id.raw();
        ids.learn(id);
    }
}

// The first of the envelope, that again, then one more each.
class Due {
public:
    explicit Due(Sequence first) : first_(first) {}
    std::string next() const { return std::to_string(given_ == 0 ? first_ : first_ + given_ - 1); }
    void give() { ++given_; }

private:
    Sequence first_;
    Sequence given_ = 0;
};

// Behind "sequence": or "first_sequence":
bool is_due(std::string_view json, std::size_t at, const std::string& due) {
    constexpr std::string_view name = "sequence\":";
    return at >= name.size() && json.substr(at - name.size(), name.size()) == name &&
           json.substr(at, due.size() + 1) == due + ",";
}

std::optional<Marked> marked(std::string_view json, const OfEnvelope& envelope) {
    Marked out;
    Ids ids(envelope.id);
    Nearby nearby;
    Due due(envelope.first_sequence);
    for (std::size_t at = 0; at < json.size();) {
        if (is_control(json[at]))
            return std::nullopt;
        if (const auto id = id_at(json.substr(at))) {
            mark_id(*id, ids, out);
            at += id_text;
        } else if (is_digit(json[at]) && is_due(json, at, due.next())) {
            out.text += due_sequence;
            at += due.next().size();
            due.give();
        } else if (const auto digits = is_digit(json[at]) ? digits_at(json, at) : 0; digits > 0) {
            std::int64_t number = 0;
            for (const char digit : json.substr(at, digits))
                number = number * 10 + (digit - '0');
            out.text += a_number;
            put_number(out.numbers, number, nearby);
            at += digits;
        } else if (const auto blob = base64_at(json, at); mark_blob(json.substr(at, blob), out)) {
            at += blob;
        } else {
            out.text += json[at++];
        }
    }
    return out;
}

// The way through the text that takes the fewest bytes, as far as the cheapest way to each place
// tells: `last` is that way's last phrase.
struct Way {
    std::size_t bytes = std::numeric_limits<std::size_t>::max();
    std::size_t from = 0;
    std::size_t phrase = no_phrase;  // by which one came here
    std::size_t last = 0;
};

std::vector<Way> ways(std::string_view text, const PhraseBook& book) {
    std::vector<Way> all(text.size() + 1);
    all[0].bytes = 0;
    const auto reach = [&](std::size_t to, const Way& way) {
        if (way.bytes < all[to].bytes)
            all[to] = way;
    };
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto& here = all[at];
        reach(at + 1, {here.bytes + 1, at, no_phrase, here.last});
        for (const auto place : book.beginning_like(text.substr(at)))
            if (const auto& phrase = book.at(place); text.substr(at).starts_with(phrase))
                reach(at + phrase.size(), {here.bytes + step_cost(here.last, place), at, place, place});
    }
    return all;
}

std::string in_phrases(std::string_view text, const PhraseBook& book) {
    const auto all = ways(text, book);
    std::vector<std::size_t> ends;
    for (std::size_t at = text.size(); at > 0; at = all[at].from)
        ends.push_back(at);
    std::string out;
    for (auto end = ends.rbegin(); end != ends.rend(); ++end) {
        const auto& way = all[*end];
        if (way.phrase == no_phrase)
            out += text[way.from];
        else
            put_step(out, all[way.from].last, way.phrase);
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
    out.reserve(std::min(8 * text.size(), bytes_max));
    std::size_t last = 0;
    Reader reader(text);
    while (!reader.empty()) {
        const auto code = reader.byte();
        if (code >= static_cast<std::size_t>(due_sequence) && code != static_cast<std::size_t>(jump)) {
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
    // Ids and blobs may be one.
    Unmarking(const OfEnvelope& envelope, Reader& ids, Reader& numbers, Reader& blobs)
        : known_(envelope.id), due_(envelope.first_sequence), ids_(ids), numbers_(numbers), blobs_(blobs) {}

    std::optional<std::string> text(std::string_view marked, std::size_t bytes_max) {
        std::string out;
        out.reserve(std::min(marked.size() * 3 / 2, bytes_max));
        Reader reader(marked);
        while (!reader.empty() && out.size() <= bytes_max) {
            out += reader.take(until_control(reader.left()));
            if (reader.empty())
                break;
            const auto c = static_cast<char>(reader.byte());
            if (const auto meant = one(c, reader))
                out += *meant;
            else
                return std::nullopt;
        }
        const bool all_used = ids_.empty() && numbers_.empty() && blobs_.empty();
        return out.size() <= bytes_max && all_used ? std::optional(std::move(out)) : std::nullopt;
    }

private:
    std::optional<std::string> one(char c, Reader& reader) {
        if (c == a_number) {
            const auto number = take_number(numbers_, nearby_);
            return number ? std::optional(std::to_string(*number)) : std::nullopt;
        }
        if (c == due_sequence) {
            auto due = due_.next();
            due_.give();
            return due;
        }
        if (c == a_blob) {
            const auto bytes = blobs_.take(static_cast<std::size_t>(blobs_.number()));
            return blobs_.failed() ? std::nullopt : std::optional(to_base64(bytes));
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
    Due due_;
    Reader& ids_;
    Reader& numbers_;
    Reader& blobs_;
    Nearby nearby_;
};

}  // namespace

bool is_short(std::string_view bytes) {
    return bytes.starts_with(as_it_is) || bytes.starts_with(compressed) || bytes.starts_with(likely);
}

namespace {

// What stands behind the book's id.
std::optional<std::string> lengthened(std::string_view rest, bool as_frame, const PhraseBook& book,
                                      const OfEnvelope& envelope, std::size_t bytes_max) {
    Reader reader(rest);
    const auto ids_count = reader.number();
    const auto numbers_size = reader.number();
    const auto blobs_size = reader.number();
    if (reader.failed() || ids_count > rest.size() / sizeof(Uuid::bytes) || numbers_size > rest.size() ||
        blobs_size > rest.size())
        return std::nullopt;
    Reader ids(reader.take(static_cast<std::size_t>(ids_count) * sizeof(Uuid::bytes)));
    Reader numbers(reader.take(static_cast<std::size_t>(numbers_size)));
    Reader blobs(reader.take(static_cast<std::size_t>(blobs_size)));
    if (reader.failed())
        return std::nullopt;
    const auto packed = reader.rest();
    const auto text = as_frame ? unsqueezed(packed, bytes_max) : std::optional(std::string(packed));
    const auto marks = text ? written_out(*text, book, bytes_max) : std::nullopt;
    return marks ? Unmarking(envelope, ids, numbers, blobs).text(*marks, bytes_max) : std::nullopt;
}

std::optional<std::string> lengthened_likely(std::string_view rest, const PhraseBook& book,
                                             const OfEnvelope& envelope, std::size_t bytes_max) {
    Reader reader(rest);
    const auto size = reader.number();
    if (reader.failed() || size > rest.size())
        return std::nullopt;
    const auto coded = reader.take(static_cast<std::size_t>(size));
    if (reader.failed())
        return std::nullopt;
    Reader sides(reader.rest());
    const auto phrased = read_likely(book.odds(), coded, book, bytes_max);
    const auto marks = phrased ? written_out(phrased->text, book, bytes_max) : std::nullopt;
    if (!marks)
        return std::nullopt;
    Reader numbers(phrased->numbers);
    return Unmarking(envelope, sides, numbers, sides).text(*marks, bytes_max);
}

std::optional<std::string> lengthened_by(char how, std::string_view rest, const PhraseBook& book,
                                         const OfEnvelope& envelope, std::size_t bytes_max) {
    return how == likely ? lengthened_likely(rest, book, envelope, bytes_max)
                         : lengthened(rest, how == compressed, book, envelope, bytes_max);
}

std::string in_likely_numbers(const Marked& marks, std::string_view text, const PhraseBook& book) {
    const auto coded = write_likely(book.odds(), {std::string(text), marks.numbers}, book);
    std::string out(1, likely);
    out += book.id();
    put(out, coded.size());
    return out + coded + marks.sides;
}

std::string in_a_frame(const Marked& marks, std::string_view text, const PhraseBook& book) {
    const auto small = squeezed(text);
    const bool smaller = !small.empty() && small.size() < text.size();
    std::string out(1, smaller ? compressed : as_it_is);
    out += book.id();
    put(out, marks.ids.size() / sizeof(Uuid::bytes));
    put(out, marks.numbers.size());
    put(out, marks.blobs.size());
    out += marks.ids + marks.numbers + marks.blobs;
    return smaller ? out + small : out.append(text);
}

}  // namespace

Phrased in_phrases_of(std::string_view json, const PhraseBook& book, const OfEnvelope& envelope) {
    const auto marks = marked(json, envelope);
    return marks ? Phrased{in_phrases(marks->text, book), marks->numbers} : Phrased{};
}

std::string shorten(std::string_view json, const PhraseBook& book, const OfEnvelope& envelope) {
    const auto marks = marked(json, envelope);
    if (!marks)
        return {};
    const auto text = in_phrases(marks->text, book);
    // It is frozen from here on: whoever opens it must find what was recorded.
    const auto reads_back = [&](const std::string& brief) {
        const auto rest = std::string_view(brief).substr(1 + shorthand::book_id_bytes);
        return lengthened_by(brief.front(), rest, book, envelope, json.size()) == json;
    };
    auto as_likely = in_likely_numbers(*marks, text, book);
    auto as_frame = in_a_frame(*marks, text, book);
    if (as_likely.size() < as_frame.size() && reads_back(as_likely))
        return as_likely;
    return reads_back(as_frame) ? as_frame : std::string{};
}

Result<std::string> lengthen(std::string_view bytes, const PhraseBooks& books, const OfEnvelope& envelope,
                             std::size_t bytes_max) {
    if (!is_short(bytes) || bytes.size() < 1 + shorthand::book_id_bytes)
        return damaged();
    const auto* book = books.by_id(bytes.substr(1, shorthand::book_id_bytes));
    if (book == nullptr)
        return Error{Fault::not_found, "It was written with a form that is not published here.", ""};
    auto json =
        lengthened_by(bytes.front(), bytes.substr(1 + shorthand::book_id_bytes), *book, envelope, bytes_max);
    if (!json)
        return damaged();
    return std::move(*json);
}

}  // namespace doorstep::wire
