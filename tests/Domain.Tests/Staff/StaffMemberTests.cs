using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Domain.Tests.Staff;

/// <summary>Who acts, as the ledger says it for ever.</summary>
public sealed class StaffMemberTests
{
    [Fact]
    public void Has_an_id_that_says_nothing_and_is_nobody_else_s()
    {
        var ids = Enumerable.Range(0, 1_000).Select(_ => StaffMember.NewId()).ToArray();
        Assert.All(ids, id => Assert.Matches("^st-[a-z2-7]{16}$", id));
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void Is_named_in_the_ledger_by_role_department_and_id_alone()
    {
        var ana = new StaffMember("st-aaaaaaaaaaaaaaaa", "ana@city.example", "Ana Ruiz", "police", [Role.DeviceClerk], false, true, 1);
        Assert.Equal(new Attribution("device-clerk", "police", "st-aaaaaaaaaaaaaaaa"), ana.HasRole(Role.DeviceClerk));
    }

    [Fact]
    public void Has_the_roles_of_the_contract() =>
        Assert.Equal(
            ["editor", "approver", "device-clerk", "posting-inspector", "records-officer", "auditor", "administrator"],
            Enum.GetValues<Role>().Select(Json.Word)
        );

    [Fact]
    public void Has_tokens_that_a_scanner_knows_and_nobody_guesses()
    {
        var (one, other) = (ApiToken.New(), ApiToken.New());
        Assert.Matches("^srt_[0-9a-f]{64}$", one);
        Assert.NotEqual(one, other);
        Assert.Equal(32, ApiToken.Hash(one).Length);
        Assert.NotEqual(ApiToken.Hash(one), ApiToken.Hash(other));
    }
}
