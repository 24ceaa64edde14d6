// A JSON object read strictly: every field has the type that is asked for, or
// the document has a problem that names the field and never its content.
// Reading goes on after a problem with empty values; the first one is kept.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/calendar.h"
#include "forms/base/result.h"
#include "forms/base/sha256.h"
#include "forms/base/uuid.h"

namespace boost::json {
class object;
class value;
}  // namespace boost::json

namespace doorstep::wire {

class Fields {
public:
    std::string text(const char* name);
    std::string text_or_empty(const char* name);
    std::int64_t integer(const char* name, std::int64_t min, std::int64_t max);
    std::int64_t integer_or(const char* name, std::int64_t fallback, std::int64_t min, std::int64_t max);
    std::uint64_t number(const char* name);  // 0 .. 2^63 - 1
    bool flag(const char* name);
    bool flag_or_no(const char* name);
    Uuid uuid(const char* name);
    std::optional<Uuid> uuid_if_any(const char* name);
    Sha256 sha256(const char* name);
    std::string bytes(const char* name);  // base64
    Day day(const char* name);
    std::vector<std::string> texts(const char* name);  // empty when absent
    std::vector<Uuid> uuids(const char* name);         // empty when absent
    // A word of an enum, read by one of the functions of operation.h.
    template<class Enum>
    Enum word(const char* name, std::optional<Enum> (*read)(std::string_view)) {
        const auto found = read(text(name));
        if (!found)
            problem(name, "is a word that this program does not know");
        return found.value_or(Enum{});
    }
    void object(const char* name, const std::function<void(Fields&)>& read);
    void each(const char* name, const std::function<void(Fields&)>& read);  // nothing when absent
    bool has(const char* name) const;

    void problem(const char* name, std::string_view what);

private:
    friend class Document;
    Fields(const boost::json::object& object, std::string_view path, std::string& problem)
        : object_(object), path_(path), problem_(problem) {}
    const boost::json::value* find(const char* name) const;

    const boost::json::object& object_;
    std::string_view path_;  // "payload."; of whoever lets this be read
    std::string& problem_;
};

class Document {
public:
    // `bad_input` when the text is not one JSON object or nests too deeply.
    static Result<Document> parse(std::string_view json);
    Document(Document&&) noexcept;
    ~Document();

    Fields fields();
    // The first problem met, as `bad_input`.
    Result<void> verdict() const;

private:
    struct State;
    explicit Document(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace doorstep::wire
