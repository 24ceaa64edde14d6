#include "sync/store/subject_keys.h"

#include "sync/store/rows_at_once.h"
#include "sync/store/sql_values.h"
#include "sync/wire/codec.h"
#include "sync/wire/compressor.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace {

constexpr std::string_view mark = "DSK1";
constexpr std::size_t id_bytes = 16;
constexpr int kept_level = -2;  // a third larger than by 1, in half the time: it was the dearest step of all

Error does_not_open() {
    return {Fault::damaged, "A body does not open: it was altered, or the key of its subject is gone.",
            "Check that endpoint.keys is the one that was made with this endpoint."};
}

}  // namespace

bool SubjectKeys::looks_sealed(std::string_view kept) {
    return kept.starts_with(mark) && kept.size() > mark.size() + id_bytes;
}

Result<std::string> SubjectKeys::wrapped_key(const Uuid& subject) const {
    std::string wrapped;
    TRY_DO(sql_->query("select wrapped from subject_key where partnership = :partnership and subject = "
                       ":subject",
                       {{"partnership", home_partnership}, {"subject", sql_value(subject)}},
                       [&](const SqlRow& row) {
                           wrapped = row.blob(0);
                           return false;
                       }));
    return wrapped;
}

Result<std::string> SubjectKeys::seal(const Uuid& subject, const Uuid& fact, std::string_view json) const {
    const Body body{subject, fact, json};
    TRY(const auto keys, wrapped_keys({&body, 1}));
    TRY(auto sealed, seal({&body, 1}, keys));
    return std::move(sealed.front());
}

Result<SubjectKeys::Wrapped> SubjectKeys::wrapped_keys(std::span<const Body> bodies) const {
    static const RowShape shape("subject_key", {{"subject", RowShape::blob}, {"wrapped", RowShape::blob}});
    Wrapped keys;
    for (const auto& body : bodies)
        keys.emplace(body.subject, std::string{});
    // Most come for the first time.
    RowsAtOnce rows(shape);
    std::vector<Uuid> subjects;
    for (auto& [subject, wrapped] : keys) {
        wrapped = seal_.new_key(subject);
        rows.add(subject, Blob{wrapped});
        subjects.push_back(subject);
    }
    TRY(const auto added, rows.insert(*sql_));
    if (added != static_cast<std::int64_t>(keys.size()))
        TRY_DO(query_about(
            *sql_,
            "select subject, wrapped from subject_key where partnership = :partnership and subject = :id",
            subjects, [&](const SqlRow& row) { keys[row.uuid(0)] = row.blob(1); }));
    return keys;
}

std::string SubjectKeys::packed(std::string_view json) {
    thread_local wire::Compressor compressor(kept_level);
    return compressor.compress(json);
}

Result<std::vector<std::string>> SubjectKeys::seal(std::span<const Body> bodies, const Wrapped& keys) const {
    std::vector<std::string> all;
    all.reserve(bodies.size());
    std::string made;
    for (const auto& body : bodies) {
        if (body.packed.empty())
            made = packed(body.json);
        const auto sealed = seal_.seal(keys.at(body.subject), body.subject, body.fact,
                                       body.packed.empty() ? std::string_view(made) : body.packed);
        if (!sealed)
            return does_not_open();
        all.push_back(std::string(mark).append(body.subject.raw()).append(*sealed));
    }
    return all;
}

Result<std::string> SubjectKeys::open(const Uuid& fact, std::string kept) const {
    if (!looks_sealed(kept))
        return kept;
    const std::string_view rest = std::string_view(kept).substr(mark.size());
    const auto subject = Uuid::from_bytes(rest.substr(0, id_bytes));
    if (!subject)
        return does_not_open();
    TRY(const auto wrapped, wrapped_key(*subject));
    const auto frame = seal_.open(wrapped, *subject, fact, rest.substr(id_bytes));
    if (!frame)
        return does_not_open();
    return wire::expand(*frame, limits::frame_bytes_max);
}

Result<void> SubjectKeys::forget(const Uuid& subject) const {
    TRY_DO(sql_->run("delete from subject_key where partnership = :partnership and subject = :subject",
                     {{"partnership", home_partnership}, {"subject", sql_value(subject)}}));
    return {};
}

}  // namespace doorstep
