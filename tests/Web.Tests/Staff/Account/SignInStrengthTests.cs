using System.Globalization;
using System.Security.Claims;
using SurveillanceRegistry.Web.Staff.Account;

namespace SurveillanceRegistry.Web.Tests.Staff.Account;

/// <summary>What a sign-in at the city's provider must say of itself.</summary>
public sealed class SignInStrengthTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private static readonly IdentityProviderSettings City = new(new Uri("https://login.city.example"), "registry", "secret");

    private static string? Find(IdentityProviderSettings city, params (string Type, string Value)[] claims) =>
        SignInStrength.Find(new ClaimsPrincipal(new ClaimsIdentity(claims.Select(claim => new Claim(claim.Type, claim.Value)))), city, Now);

    [Fact]
    public void A_sign_in_without_an_accepted_class_or_method_is_weak()
    {
        var classes = City with { AcceptedClasses = ["gold", "silver"] };
        Assert.Equal(SignInStrength.Weak, Find(classes));
        Assert.Equal(SignInStrength.Weak, Find(classes, ("acr", "bronze")));
        Assert.Equal(SignInStrength.Weak, Find(classes, ("acr", "Gold")));
        Assert.Null(Find(classes, ("acr", "silver")));

        var methods = City with { AcceptedMethods = ["mfa", "hwk"] };
        Assert.Equal(SignInStrength.Weak, Find(methods, ("amr", "pwd")));
        Assert.Null(Find(methods, ("amr", "pwd"), ("amr", "mfa")));
        Assert.Equal(SignInStrength.Weak, Find(methods with { AcceptedClasses = ["gold"] }, ("amr", "mfa")));
        Assert.Null(Find(City));
    }

    [Fact]
    public void A_sign_in_longer_ago_than_a_session_lasts_is_old()
    {
        string Ago(TimeSpan time) => (Now - time).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        Assert.Null(Find(City, ("auth_time", Ago(TimeSpan.FromHours(10)))));
        Assert.Equal(SignInStrength.Old, Find(City, ("auth_time", Ago(TimeSpan.FromHours(11)))));
        Assert.Equal(SignInStrength.Old, Find(City, ("auth_time", "yesterday")));
    }
}
