// Plain values to bytes and back.
//
// A type says its fields once, for both ways:
//
//   template<class Archive, Is<Piece> T>
//   void pack(Archive& archive, T& piece) {
//       auto& [text, formula] = piece;  // a new member does not compile until it is named
//       archive(text, formula);
//   }
//
// Packer never fails.  Unpacker reads nothing beyond its bytes; after a fault it gives
// blanks, and ok() says so at the end.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace doorstep {

template<class T, class Named>
concept Is = std::same_as<std::remove_const_t<T>, Named>;

// How a value that is read begins; for types without a blank.
template<class T>
struct Blank {
    static T make() { return T{}; }
};

// `Self` is what pack() is called with: an archive may carry tables of its own.
template<class Self>
class PackerOf {
public:
    static constexpr bool reading = false;

    template<class... Fields>
    void operator()(const Fields&... fields) {
        (field(fields), ...);
    }
    const std::string& bytes() const { return bytes_; }

    // Seven bits to a byte, least first.
    void number(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7)
            bytes_ += static_cast<char>(0x80 | (value & 0x7f));
        bytes_ += static_cast<char>(value);
    }
    void raw(std::string_view bytes) { bytes_ += bytes; }

private:
    template<class T>
    void field(const T& value) {
        if constexpr (std::is_same_v<T, double>) {
            char image[sizeof value];
            std::memcpy(image, &value, sizeof value);
            bytes_.append(image, sizeof value);
        } else if constexpr (std::is_same_v<T, std::uint32_t>) {
            number(value + 1u);  // "none" is the greatest, and stands often
        } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
            number(static_cast<std::uint64_t>(value));
        } else {
            pack(static_cast<Self&>(*this), value);
        }
    }

    std::string bytes_;
};

class Packer final : public PackerOf<Packer> {};

template<class Self>
class UnpackerOf {
public:
    static constexpr bool reading = true;

    explicit UnpackerOf(std::string_view bytes) : bytes_(bytes) {}

    template<class... Fields>
    void operator()(Fields&... fields) {
        (field(fields), ...);
    }
    bool ok() const { return ok_; }
    bool at_end() const { return bytes_.empty(); }
    void fail() {
        ok_ = false;
        bytes_ = {};
    }

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
            const auto byte = static_cast<std::uint8_t>(bytes_.front());
            bytes_.remove_prefix(1);
            value |= std::uint64_t{byte & 0x7fu} << shift;
            if (byte < 0x80)
                return value;
        }
        fail();
        return 0;
    }
    std::string_view raw(std::uint64_t size) {
        if (size > bytes_.size()) {
            fail();
            return {};
        }
        const std::string_view found = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return found;
    }
    // How many follow: every one of them takes at least a byte.
    std::size_t count() {
        const std::uint64_t size = number();
        if (size <= bytes_.size())
            return static_cast<std::size_t>(size);
        fail();
        return 0;
    }
    // Types that hold themselves nest no deeper than a form may.
    bool deeper() { return ++depth_ <= depth_limit; }
    void back() { --depth_; }

private:
    static constexpr int depth_limit = 400;

    template<class T>
    void field(T& value) {
        if constexpr (std::is_same_v<T, double>) {
            const std::string_view image = raw(sizeof value);
            if (image.size() == sizeof value)
                std::memcpy(&value, image.data(), sizeof value);
        } else if constexpr (std::is_same_v<T, bool>) {
            value = number() == 1;
        } else if constexpr (std::is_same_v<T, std::uint32_t>) {
            value = static_cast<std::uint32_t>(number()) - 1u;
        } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
            value = static_cast<T>(number());
        } else {
            pack(static_cast<Self&>(*this), value);
        }
    }

    std::string_view bytes_;
    bool ok_ = true;
    int depth_ = 0;
};

class Unpacker final : public UnpackerOf<Unpacker> {
public:
    using UnpackerOf<Unpacker>::UnpackerOf;
};

template<class Archive, Is<std::string> T>
void pack(Archive& archive, T& text) {
    if constexpr (Archive::reading) {
        text = archive.raw(archive.count());
    } else {
        archive.number(text.size());
        archive.raw(text);
    }
}

template<class Archive>
void pack(Archive& archive, std::string_view text) {
    archive.number(text.size());
    archive.raw(text);
}

template<class Archive, class T>
void pack(Archive& archive, std::vector<T>& all) {
    constexpr std::size_t trusted = 4096;  // a number alone must not cost memory
    const std::size_t size = archive.count();
    all.reserve(std::min(size, trusted));
    for (std::size_t i = 0; i < size && archive.ok(); ++i) {
        all.push_back(Blank<T>::make());
        archive(all.back());
    }
}
template<class Archive, class T>
void pack(Archive& archive, const std::vector<T>& all) {
    archive.number(all.size());
    for (const T& one : all)
        archive(one);
}

template<class Archive, class T>
void pack(Archive& archive, std::optional<T>& value) {
    if (archive.number() == 0)
        return;
    value.emplace(Blank<T>::make());
    archive(*value);
}
template<class Archive, class T>
void pack(Archive& archive, const std::optional<T>& value) {
    archive.number(value ? 1 : 0);
    if (value)
        archive(*value);
}

template<class Archive, class First, class Second>
void pack(Archive& archive, std::pair<First, Second>& both) {
    archive(both.first, both.second);
}
template<class Archive, class First, class Second>
void pack(Archive& archive, const std::pair<First, Second>& both) {
    archive(both.first, both.second);
}

}  // namespace doorstep
