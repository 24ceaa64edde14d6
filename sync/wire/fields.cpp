#include "sync/wire/fields.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "forms/base/encoding.h"
#include "sync/wire/json_parts.h"
#include "sync/wire/limits.h"

namespace doorstep::wire {

namespace {

std::optional<std::int64_t> as_integer(const nlohmann::json& value) {
    if (value.is_number_unsigned()) {
        const auto number = value.get<std::uint64_t>();
        if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return std::nullopt;
        return static_cast<std::int64_t>(number);
    }
    if (value.is_number_integer())
        return value.get<std::int64_t>();
    return std::nullopt;
}

std::optional<Uuid> as_uuid(const nlohmann::json& value) {
    return value.is_string() ? Uuid::parse(value.get_ref<const std::string&>()) : std::nullopt;
}

}  // namespace

const nlohmann::json* Fields::find(const char* name) const {
    const auto found = object_.find(name);
    return found == object_.end() ? nullptr : &*found;
}

bool Fields::has(const char* name) const {
    return find(name) != nullptr;
}

void Fields::problem(const char* name, std::string_view what) {
    if (problem_.empty())
        problem_ = path_ + name + " " + std::string(what);
}

std::string Fields::text(const char* name) {
    const auto* value = find(name);
    if (value && value->is_string())
        return value->get<std::string>();
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
    if (value && value->is_boolean())
        return value->get<bool>();
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
    if (!value->is_array())
        problem(name, "is not a list");
    else
        for (const auto& element : *value)
            if (element.is_string())
                out.push_back(element.get<std::string>());
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
    if (!value || !value->is_object())
        return problem(name, value ? "is not an object" : "is missing");
    Fields inner(*value, path_ + name + ".", problem_);
    read(inner);
}

void Fields::each(const char* name, const std::function<void(Fields&)>& read) {
    const auto* value = find(name);
    if (!value)
        return;
    if (!value->is_array())
        return problem(name, "is not a list");
    for (const auto& element : *value) {
        if (!element.is_object())
            return problem(name, "holds something that is not an object");
        Fields inner(element, path_ + name + "[].", problem_);
        read(inner);
    }
}

Document::Document(std::unique_ptr<nlohmann::json> json)
    : json_(std::move(json)), problem_(std::make_unique<std::string>()) {}
Document::Document(Document&&) noexcept = default;
Document::~Document() = default;

Result<Document> Document::parse(std::string_view json) {
    if (!is_nested_well(json, limits::json_depth_max))
        return Error{Fault::bad_input, "It is not JSON, or nests too deeply.", ""};
    auto parsed = std::make_unique<nlohmann::json>(nlohmann::json::parse(json, nullptr, false));
    if (!parsed->is_object())
        return Error{Fault::bad_input, "It is not a JSON object in UTF-8.", ""};
    return Document(std::move(parsed));
}

Fields Document::fields() {
    return {*json_, "", *problem_};
}

Result<void> Document::verdict() const {
    if (problem_->empty())
        return {};
    return Error{Fault::bad_input, *problem_ + ".", ""};
}

}  // namespace doorstep::wire
