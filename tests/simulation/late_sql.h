// A deliberate mistake: a database that says a commit is done before it is.  It is done with
// the next transaction; what ends the program in between takes it back.
#pragma once

#include <memory>
#include <utility>

#include "sync/store/sql_connection.h"

namespace doorstep::simulation {

class LateSql final : public SqlConnection {
public:
    explicit LateSql(std::unique_ptr<SqlConnection> disk) : disk_(std::move(disk)) {}
    // What was promised is lost.
    ~LateSql() override;

    // What was promised is done, late as it is.
    Result<void> settle();

    Engine engine() const override { return disk_->engine(); }
    bool has_failed() const override { return disk_->has_failed(); }
    using SqlConnection::query;
    using SqlConnection::run;
    Result<void> script(std::string_view sql) override { return disk_->script(sql); }
    Result<std::int64_t> run(std::string_view sql, std::span<const SqlParameter> parameters) override {
        return disk_->run(sql, parameters);
    }
    Result<void> query(std::string_view sql, std::span<const SqlParameter> parameters,
                       const std::function<bool(const SqlRow&)>& each) override {
        return disk_->query(sql, parameters, each);
    }
    Result<void> begin() override;
    Result<void> commit() override;
    void rollback() noexcept override { disk_->rollback(); }
    Result<void> savepoint() override { return disk_->savepoint(); }
    Result<void> release_savepoint() override { return disk_->release_savepoint(); }
    void rollback_to_savepoint() noexcept override { disk_->rollback_to_savepoint(); }

private:
    std::unique_ptr<SqlConnection> disk_;
    bool promised_ = false;
};

}  // namespace doorstep::simulation
