#include "sync/wire/fields.h"

#include <algorithm>
#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>
#include <limits>

#include "forms/base/encoding.h"
#include "sync/wire/limits.h"

namespace doorstep::wire {

namespace {

namespace json = boost::json;

std::optional<std::int64_t> as_integer(const json::value& value) {
    if (const auto* number = value.if_int64())
        return *number;
    return std::nullopt;  // what is above the largest is a number without a sign
}

std::string_view as_text(const json::string& text) {
    return {text.data(), text.size()};
}

std::optional<Uuid> as_uuid(const json::value& value) {
    const auto* text = value.if_string();
    return text ? Uuid::parse(as_text(*text)) : std::nullopt;
}

}  // namespace

const json::value* Fields::find(const char* name) const {
    return object_.if_contains(name);
}

bool Fields::has(const char* name) const {
    return find(name) != nullptr;
}

void Fields::problem(const char* name, std::string_view what) {
    if (problem_.empty())
        problem_ = std::string(path_) + name + " " + std::string(what);
}

std::string Fields::text(const char* name) {
    const auto* value = find(name);
    if (const auto* text = value ? value->if_string() : nullptr)
        return std::string(as_text(*text));
    problem(name, value ? "is not text" : "is missing");
    return {};
}

std::string Fields::text_or_empty(const char* name) {
    return has(name) ? text(name) : std::string{};
}

std::int64_t Fields::integer(const char* name, std::int64_t min, std::int64_t max) {
    const auto* value = find(name);
    const auto number = value ? as_integer(*value) : std::nullopt;
    if (number && min <= *number && *number <= max)
        return *number;
    problem(name, !value ? "is missing" : !number ? "is not a whole number" : "is out of its range");
    return 0;
}

std::int64_t Fields::integer_or(const char* name, std::int64_t fallback, std::int64_t min, std::int64_t max) {
    return has(name) ? integer(name, min, max) : fallback;
}

std::uint64_t Fields::number(const char* name) {
    return static_cast<std::uint64_t>(integer(name, 0, std::numeric_limits<std::int64_t>::max()));
}

bool Fields::flag(const char* name) {
    const auto* value = find(name);
    if (const auto* flag = value ? value->if_bool() : nullptr)
        return *flag;
    problem(name, value ? "is not true or false" : "is missing");
    return false;
}

bool Fields::flag_or_no(const char* name) {
    return has(name) && flag(name);
}

Uuid Fields::uuid(const char* name) {
    const auto* value = find(name);
    const auto id = value ? as_uuid(*value) : std::nullopt;
    if (!id)
        problem(name, value ? "is not an id" : "is missing");
    return id.value_or(Uuid{});
}

std::optional<Uuid> Fields::uuid_if_any(const char* name) {
    const auto* value = find(name);
    if (!value || value->is_null())
        return std::nullopt;
    return uuid(name);
}

Sha256 Fields::sha256(const char* name) {
    const auto raw = from_hex(text(name));
    Sha256 hash;
    if (raw && raw->size() == hash.bytes.size())
        std::copy(raw->begin(), raw->end(), hash.bytes.begin());
    else
        problem(name, "is not a SHA-256 in hex");
    return hash;
}

std::string Fields::bytes(const char* name) {
    auto raw = from_base64(text(name));
    if (!raw)
        problem(name, "is not base64");
    return std::move(raw).value_or(std::string{});
}

Day Fields::day(const char* name) {
    const auto day = Day::parse(text(name));
    if (!day)
        problem(name, "is not a day (YYYY-MM-DD)");
    return day.value_or(Day{});
}

std::vector<std::string> Fields::texts(const char* name) {
    std::vector<std::string> out;
    const auto* value = find(name);
    if (!value)
        return out;
    const auto* list = value->if_array();
    if (!list)
        problem(name, "is not a list");
    else
        for (const auto& element : *list)
            if (const auto* text = element.if_string())
                out.emplace_back(as_text(*text));
            else
                problem(name, "holds something that is not text");
    return out;
}

std::vector<Uuid> Fields::uuids(const char* name) {
    std::vector<Uuid> out;
    for (const auto& text : texts(name))
        if (const auto id = Uuid::parse(text))
            out.push_back(*id);
        else
            problem(name, "holds something that is not an id");
    return out;
}

void Fields::object(const char* name, const std::function<void(Fields&)>& read) {
    const auto* value = find(name);
    const auto* object = value ? value->if_object() : nullptr;
    if (!object)
        return problem(name, value ? "is not an object" : "is missing");
    const auto path = std::string(path_) + name + ".";
    Fields inner(*object, path, problem_);
    read(inner);
}

void Fields::each(const char* name, const std::function<void(Fields&)>& read) {
    const auto* value = find(name);
    if (!value)
        return;
    const auto* list = value->if_array();
    if (!list)
        return problem(name, "is not a list");
    const auto path = std::string(path_) + name + "[].";
    for (const auto& element : *list) {
        const auto* object = element.if_object();
        if (!object)
            return problem(name, "holds something that is not an object");
        Fields inner(*object, path, problem_);
        read(inner);
    }
}

// Most facts fit into what is here already: a million of them is a million times this.
struct Document::State {
    State() {}                                  // the bytes stay as they are
    std::array<unsigned char, 8 * 1024> first;  // before what uses it
    json::monotonic_resource memory{first.data(), first.size()};
    json::value root = json::value(json::storage_ptr(&memory));
    std::string problem{};
};

Document::Document(std::unique_ptr<State> state) : state_(std::move(state)) {}
Document::Document(Document&&) noexcept = default;
Document::~Document() = default;

Result<Document> Document::parse(std::string_view text) {
    json::parse_options options;
    options.max_depth = limits::json_depth_max;
    std::array<unsigned char, 2 * 1024> under_way;
    auto state = std::make_unique<State>();
    json::parser parser(json::storage_ptr(), options, under_way.data(), under_way.size());
    parser.reset(&state->memory);
    boost::system::error_code problem;
    parser.write(text.data(), text.size(), problem);
    if (problem)
        return Error{
            Fault::bad_input,
            is_utf8(text) ? "It is not JSON, or nests too deeply." : "It is not a JSON object in UTF-8.", ""};
    state->root = parser.release();
    if (!state->root.is_object())
        return Error{Fault::bad_input, "It is not a JSON object in UTF-8.", ""};
    return Document(std::move(state));
}

Fields Document::fields() {
    return {state_->root.get_object(), "", state_->problem};
}

Result<void> Document::verdict() const {
    if (state_->problem.empty())
        return {};
    return Error{Fault::bad_input, state_->problem + ".", ""};
}

}  // namespace doorstep::wire
