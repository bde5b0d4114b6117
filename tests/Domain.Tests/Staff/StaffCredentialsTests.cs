using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Domain.Tests.Staff;

/// <summary>What a person must do before an account opens anything else.</summary>
public sealed class StaffCredentialsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 20, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_first_password_must_be_changed_even_with_a_second_factor()
    {
        var first = StoredPassword.First("hash", Noon);
        Assert.Equal(AccountStep.ChangePassword, new StaffCredentials(first, null, 0).NextStep);
        Assert.Equal(AccountStep.ChangePassword, new StaffCredentials(first, "seed", 10).NextStep);
    }

    [Fact]
    public void A_first_password_ends_after_three_days_and_a_chosen_one_does_not()
    {
        var first = StoredPassword.First("hash", Noon);
        Assert.True(first.IsValidAt(Noon.AddDays(3).AddSeconds(-1)));
        Assert.False(first.IsValidAt(Noon.AddDays(3)));
        Assert.True(StoredPassword.Own("hash").IsValidAt(DateTimeOffset.MaxValue));
    }

    [Fact]
    public void A_chosen_password_needs_a_second_factor()
    {
        Assert.Equal(AccountStep.AddSecondFactor, new StaffCredentials(StoredPassword.Own("hash"), null, 0).NextStep);
        Assert.Equal(AccountStep.Complete, new StaffCredentials(StoredPassword.Own("hash"), "seed", 10).NextStep);
    }

    [Fact]
    public void The_sample_city_and_the_city_s_provider_need_no_second_factor_here()
    {
        Assert.Equal(AccountStep.Complete, new StaffCredentials(new StoredPassword("hash", PasswordKind.Sample, null), null, 0).NextStep);
        Assert.Equal(AccountStep.Complete, new StaffCredentials(null, null, 0).NextStep);
    }
}
