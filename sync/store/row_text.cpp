#include "sync/store/row_text.h"

#include <bit>
#include <cstring>

namespace doorstep {

namespace {

using Kind = RowPart::Kind;

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
    RowPart part() {
        RowPart one;
        one.kind = static_cast<Kind>(byte());
        switch (one.kind) {
        case Kind::null:
            return one;
        case Kind::integer:
            one.integer = unfolded(number());
            return one;
        case Kind::real:
            one.real = std::bit_cast<double>(number());
            return one;
        case Kind::text:
        case Kind::blob:
            one.bytes = take(number());
            return one;
        }
        failed_ = true;
        return {};
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

SqlValue value_of(const RowPart& part) {
    switch (part.kind) {
    case Kind::integer:
        return part.integer;
    case Kind::real:
        return part.real;
    case Kind::text:
        return std::string(part.bytes);
    case Kind::blob:
        return Blob{std::string(part.bytes)};
    case Kind::null:
        break;
    }
    return Null{};
}

}  // namespace

std::string encode_row(const RowText& row) {
    std::string out;
    out.push_back(static_cast<char>(row.table));
    put_number(out, folded(row.rowid));
    for (const SqlValue& value : row.values)
        std::visit(Writer{out}, value);
    return out;
}

Result<RowHeader> read_row(std::string_view bytes, const std::function<void(const RowPart&)>& each) {
    const Error unreadable{Fault::damaged, "A row of the store cannot be read.", ""};
    Reader reader(bytes);
    RowHeader header;
    header.table = reader.byte();
    header.rowid = unfolded(reader.number());
    if (reader.failed())
        return unreadable;
    while (!reader.at_end()) {
        const RowPart part = reader.part();
        if (reader.failed())
            return unreadable;
        each(part);
    }
    return header;
}

Result<RowText> decode_row(std::string_view bytes) {
    RowText row;
    TRY(const auto header,
        read_row(bytes, [&](const RowPart& part) { row.values.push_back(value_of(part)); }));
    row.table = header.table;
    row.rowid = header.rowid;
    return row;
}

}  // namespace doorstep
