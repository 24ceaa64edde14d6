// A database whose commits fail as full disks and power cuts make them fail.
// What it had committed stays.
#pragma once

#include <cstdint>
#include <memory>

#include "sync/store/sql_connection.h"

namespace doorstep::simulation {

class FragileSql final : public SqlConnection {
public:
    enum class PowerCut : std::uint8_t {
        none,
        before_commit,  // nothing changed
        after_commit    // everything is on the disk, and nobody was told
    };

    // `commits_late`, a deliberate mistake: a commit is promised at once and done
    // with the next transaction; a crash in between takes it back.
    explicit FragileSql(std::unique_ptr<SqlConnection> disk, bool commits_late = false)
        : disk_(std::move(disk)), commits_late_(commits_late) {}

    bool full = false;  // no commit that wrote something succeeds
    // The next commit that wrote something does not return to who called it.
    void cut_power_at_commit(PowerCut when) { planned_ = when; }
    void cut_power_now() { cut_ = PowerCut::before_commit; }
    // Every call fails from the cut until power_on().
    bool is_cut() const { return cut_ != PowerCut::none; }
    bool was_kept() const { return cut_ == PowerCut::after_commit; }
    void power_on();
    // What was promised is done, late as it is.
    Result<void> settle();
    // What a look at the disk shows, power or not.
    SqlConnection& disk() { return *disk_; }

    Engine engine() const override { return disk_->engine(); }
    using SqlConnection::query;
    using SqlConnection::run;
    Result<void> script(std::string_view sql) override;
    Result<std::int64_t> run(std::string_view sql, std::span<const SqlParameter> parameters) override;
    Result<void> query(std::string_view sql, std::span<const SqlParameter> parameters,
                       const std::function<bool(const SqlRow&)>& each) override;
    Result<void> begin() override;
    Result<void> commit() override;
    void rollback() noexcept override;
    Result<void> savepoint() override;
    Result<void> release_savepoint() override;
    void rollback_to_savepoint() noexcept override;

private:
    Result<void> cut_power(PowerCut when);

    std::unique_ptr<SqlConnection> disk_;
    bool commits_late_;
    bool promised_ = false;
    bool open_ = false;
    bool written_ = false;
    PowerCut planned_ = PowerCut::none;
    PowerCut cut_ = PowerCut::none;
};

}  // namespace doorstep::simulation
