#include "tests/simulation/fragile_sql.h"

#include <utility>

namespace doorstep::simulation {

namespace {

Error no_power() {
    return {doorstep::Fault::broken, "The power is off.", ""};
}

}  // namespace

void FragileSql::power_on() {
    if (open_ || std::exchange(promised_, false))
        disk_->rollback();
    open_ = false;
    cut_ = planned_ = PowerCut::none;
}

Result<void> FragileSql::settle() {
    return std::exchange(promised_, false) ? disk_->commit() : Result<void>();
}

Result<void> FragileSql::script(std::string_view sql) {
    written_ = true;
    return is_cut() ? Result<void>(no_power()) : disk_->script(sql);
}

Result<std::int64_t> FragileSql::run(std::string_view sql, std::span<const SqlParameter> parameters) {
    if (is_cut())
        return no_power();
    auto changed = disk_->run(sql, parameters);
    written_ = written_ || !changed.ok() || *changed > 0;
    return changed;
}

Result<void> FragileSql::query(std::string_view sql, std::span<const SqlParameter> parameters,
                               const std::function<bool(const SqlRow&)>& each) {
    return is_cut() ? Result<void>(no_power()) : disk_->query(sql, parameters, each);
}

Result<void> FragileSql::begin() {
    if (is_cut())
        return no_power();
    TRY_DO(settle());
    written_ = false;
    TRY_DO(disk_->begin());
    open_ = true;
    return {};
}

Result<void> FragileSql::cut_power(PowerCut when) {
    if (when == PowerCut::after_commit)
        TRY_DO(disk_->commit());
    else
        disk_->rollback();
    cut_ = when;
    return no_power();
}

Result<void> FragileSql::commit() {
    if (is_cut())
        return no_power();
    open_ = false;
    if (written_ && planned_ != PowerCut::none)
        return cut_power(std::exchange(planned_, PowerCut::none));
    if (written_ && full) {
        disk_->rollback();
        return Error{doorstep::Fault::disk_full, "The disk is full. Nothing was changed.", ""};
    }
    if (!commits_late_)
        return disk_->commit();
    promised_ = true;
    return {};
}

void FragileSql::rollback() noexcept {
    if (open_)
        disk_->rollback();
    open_ = false;
}

Result<void> FragileSql::savepoint() {
    return is_cut() ? Result<void>(no_power()) : disk_->savepoint();
}

Result<void> FragileSql::release_savepoint() {
    return is_cut() ? Result<void>(no_power()) : disk_->release_savepoint();
}

void FragileSql::rollback_to_savepoint() noexcept {
    if (open_)
        disk_->rollback_to_savepoint();
}

}  // namespace doorstep::simulation
