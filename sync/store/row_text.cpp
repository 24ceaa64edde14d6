#include "sync/store/row_text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>

namespace doorstep {

namespace {

// The upper three bits of a value's first byte.  `number` is what the lower five say, or
// what follows them when all five are set.
enum class Mark : std::uint8_t {
    null = 0,     // number: 0
    integer = 1,  // number: the value, folded
    real = 2,     // number: 0; eight bytes follow
    text = 3,     // number: bytes that follow
    blob = 4,     // number: bytes that follow
    same = 5,     // number: which earlier value of the record
    word = 6,     // number: which of `words`, as text
};
constexpr unsigned more = 31;

// Text that the columns of nearly every row hold.  Stands in sealed rows: only added to,
// at its end.
constexpr std::array<std::string_view, 39> words = {{"visit_planned",
                                                     "contact_recorded",
                                                     "contact_taken_back",
                                                     "questionnaire_finished",
                                                     "offer_made",
                                                     "referral_raised",
                                                     "referral_state_set",
                                                     "completed",
                                                     "partial",
                                                     "declined",
                                                     "do_not_return",
                                                     "no_answer",
                                                     "no_access",
                                                     "call_back",
                                                     "language",
                                                     "empty",
                                                     "not_residential",
                                                     "unsafe",
                                                     "already_visited",
                                                     "offered",
                                                     "accepted",
                                                     "delivered",
                                                     "raised",
                                                     "sent",
                                                     "received",
                                                     "in_progress",
                                                     "returned",
                                                     "withdrawn",
                                                     "agreement",
                                                     "safeguarding",
                                                     "vital_interest",
                                                     "tablet",
                                                     "endpoint",
                                                     "unreadable",
                                                     "safer_streets",
                                                     "home_noted",
                                                     "hazard",
                                                     "access",
                                                     "safety"}};

// Seven bits a byte, the last one without the top bit: most numbers here are small.
void put_number(std::string& out, std::uint64_t number) {
    for (; number >= 0x80; number >>= 7)
        out.push_back(static_cast<char>(static_cast<unsigned char>(0x80 | (number & 0x7f))));
    out.push_back(static_cast<char>(number));
}

void put(std::string& out, Mark mark, std::uint64_t number) {
    const auto low = static_cast<unsigned>(std::min<std::uint64_t>(number, more));
    out.push_back(static_cast<char>(static_cast<unsigned char>(static_cast<unsigned>(mark) << 5 | low)));
    if (low == more)
        put_number(out, number);
}

// Small numbers of either sign stay small.
std::uint64_t folded_sign(std::int64_t number) {
    return (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63);
}
std::int64_t unfolded_sign(std::uint64_t number) {
    return static_cast<std::int64_t>((number >> 1) ^ (std::uint64_t{0} - (number & 1)));
}

class RecordWriter {
public:
    std::string write(std::span<const RowText> rows) {
        for (const RowText& row : rows) {
            out_.push_back(static_cast<char>(row.table));
            put_number(out_, row.values.size());
            for (const SqlValue& value : row.values)
                one(value);
        }
        return std::move(out_);
    }

private:
    void one(const SqlValue& value) {
        const auto before = earlier(value);
        if (before)
            put(out_, Mark::same, *before);
        else
            std::visit(*this, value);
        seen_.push_back(&value);
    }
    // What one byte holds anyway is not looked for.
    std::optional<std::size_t> earlier(const SqlValue& value) const {
        if (small(value))
            return std::nullopt;
        const auto found =
            std::find_if(seen_.begin(), seen_.end(), [&](const SqlValue* one) { return *one == value; });
        return found == seen_.end() ? std::nullopt
                                    : std::optional(static_cast<std::size_t>(found - seen_.begin()));
    }
    static bool small(const SqlValue& value) {
        if (const auto* text = std::get_if<std::string>(&value))
            return text->size() <= 1;
        if (const auto* blob = std::get_if<Blob>(&value))
            return blob->bytes.size() <= 1;
        if (const auto* number = std::get_if<std::int64_t>(&value))
            return folded_sign(*number) < 0x80;
        return true;
    }
    void put_bytes(Mark mark, std::string_view bytes) {
        put(out_, mark, bytes.size());
        out_ += bytes;
    }

public:
    void operator()(const Null&) { put(out_, Mark::null, 0); }
    void operator()(std::int64_t number) { put(out_, Mark::integer, folded_sign(number)); }
    void operator()(double number) {
        put(out_, Mark::real, 0);
        const auto bits = std::bit_cast<std::uint64_t>(number);
        for (int shift = 0; shift < 64; shift += 8)
            out_.push_back(static_cast<char>(static_cast<unsigned char>(bits >> shift & 0xff)));
    }
    void operator()(const std::string& text) {
        const auto* found = std::find(words.begin(), words.end(), text);
        if (found != words.end())
            put(out_, Mark::word, static_cast<std::uint64_t>(found - words.begin()));
        else
            put_bytes(Mark::text, text);
    }
    void operator()(const Blob& blob) { put_bytes(Mark::blob, blob.bytes); }

private:
    std::string out_;
    std::vector<const SqlValue*> seen_;
};

class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    bool at_end() const { return rest_.empty(); }
    bool failed() const { return failed_; }

    std::uint8_t byte() {
        const auto one = take(1);
        return one.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(one.front());
    }
    std::uint64_t number() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            const std::uint8_t one = byte();
            value |= std::uint64_t{one & 0x7fu} << shift;
            if (one < 0x80)
                return value;
        }
        failed_ = true;
        return 0;
    }
    RowPart part(const std::vector<RowPart>& before) {
        const std::uint8_t first = byte();
        const std::uint64_t low = first & more;
        const std::uint64_t number_of = low == more ? number() : low;
        switch (static_cast<Mark>(first >> 5)) {
        case Mark::null:
            return {};
        case Mark::integer:
            return {RowPart::Kind::integer, unfolded_sign(number_of), 0, {}};
        case Mark::real:
            return {RowPart::Kind::real, 0, real(), {}};
        case Mark::text:
            return {RowPart::Kind::text, 0, 0, take(number_of)};
        case Mark::blob:
            return {RowPart::Kind::blob, 0, 0, take(number_of)};
        case Mark::same:
            if (number_of < before.size())
                return before[static_cast<std::size_t>(number_of)];
            break;
        case Mark::word:
            if (number_of < words.size())
                return {RowPart::Kind::text, 0, 0, words[static_cast<std::size_t>(number_of)]};
            break;
        }
        failed_ = true;
        return {};
    }

private:
    double real() {
        std::uint64_t bits = 0;
        for (int shift = 0; shift < 64; shift += 8)
            bits |= std::uint64_t{byte()} << shift;
        return std::bit_cast<double>(bits);
    }
    std::string_view take(std::uint64_t size) {
        if (failed_ || size > rest_.size()) {
            failed_ = true;
            return {};
        }
        const auto taken = rest_.substr(0, static_cast<std::size_t>(size));
        rest_.remove_prefix(taken.size());
        return taken;
    }

    std::string_view rest_;
    bool failed_ = false;
};

}  // namespace

std::string encode_record(std::span<const RowText> rows) {
    return RecordWriter().write(rows);
}

Result<void> RecordText::read(std::string_view bytes) {
    parts_.clear();
    rows_.clear();
    Reader reader(bytes);
    while (!reader.at_end() && !reader.failed()) {
        const std::uint8_t table = reader.byte();
        const std::uint64_t count = reader.number();
        rows_.push_back({table, parts_.size(), static_cast<std::size_t>(count)});
        for (std::uint64_t i = 0; i < count && !reader.failed(); ++i)
            parts_.push_back(reader.part(parts_));
    }
    if (!reader.failed())
        return {};
    rows_.clear();
    return Error{Fault::damaged, "A record of the store cannot be read.", ""};
}

}  // namespace doorstep
