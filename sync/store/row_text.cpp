#include "sync/store/row_text.h"

#include <bit>
#include <cstring>

namespace doorstep {

namespace {

enum class Kind : std::uint8_t { null = 0, integer = 1, real = 2, text = 3, blob = 4 };

// Seven bits a byte, the last one without the top bit: most numbers here are small.
void put_number(std::string& out, std::uint64_t number) {
    for (; number >= 0x80; number >>= 7)
        out.push_back(static_cast<char>(static_cast<unsigned char>(0x80 | (number & 0x7f))));
    out.push_back(static_cast<char>(number));
}

// Small numbers of either sign stay small.
std::uint64_t folded(std::int64_t number) {
    return (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63);
}
std::int64_t unfolded(std::uint64_t number) {
    return static_cast<std::int64_t>((number >> 1) ^ (std::uint64_t{0} - (number & 1)));
}

void put_bytes(std::string& out, Kind kind, std::string_view bytes) {
    out.push_back(static_cast<char>(kind));
    put_number(out, bytes.size());
    out += bytes;
}

struct Writer {
    std::string& out;
    void operator()(const Null&) const { out.push_back(static_cast<char>(Kind::null)); }
    void operator()(std::int64_t number) const {
        out.push_back(static_cast<char>(Kind::integer));
        put_number(out, folded(number));
    }
    void operator()(double number) const {
        out.push_back(static_cast<char>(Kind::real));
        put_number(out, std::bit_cast<std::uint64_t>(number));
    }
    void operator()(const std::string& text) const { put_bytes(out, Kind::text, text); }
    void operator()(const Blob& blob) const { put_bytes(out, Kind::blob, blob.bytes); }
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
    SqlValue value() {
        switch (static_cast<Kind>(byte())) {
        case Kind::null:
            return Null{};
        case Kind::integer:
            return unfolded(number());
        case Kind::real:
            return std::bit_cast<double>(number());
        case Kind::text:
            return std::string(take(number()));
        case Kind::blob:
            return Blob{std::string(take(number()))};
        }
        failed_ = true;
        return Null{};
    }

private:
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

std::string encode_row(const RowText& row) {
    std::string out;
    out.push_back(static_cast<char>(row.table));
    put_number(out, folded(row.rowid));
    for (const SqlValue& value : row.values)
        std::visit(Writer{out}, value);
    return out;
}

Result<RowText> decode_row(std::string_view bytes) {
    Reader reader(bytes);
    RowText row;
    row.table = reader.byte();
    row.rowid = unfolded(reader.number());
    while (!reader.failed() && !reader.at_end())
        row.values.push_back(reader.value());
    if (reader.failed())
        return Error{Fault::damaged, "A row of the store cannot be read.", ""};
    return row;
}

}  // namespace doorstep
