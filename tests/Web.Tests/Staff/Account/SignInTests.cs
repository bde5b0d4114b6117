using System.Net;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Staff.Account;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.Account;

/// <summary>The page of sign-in where the city has an identity provider. The provider does not answer in these tests.</summary>
public sealed class SignInTests
{
    private static readonly IdentityProviderSettings Silent = new(new Uri("http://127.0.0.1:1"), "registry", "of these tests only");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_link_of_another_site_does_not_begin_a_sign_in_at_the_provider()
    {
        await using var city = new SampleCity { Provider = Silent };
        await city.InitializeAsync();
        using var visitor = new Visitor(city.Url);
        var page = await visitor.DocumentAsync("/staff/sign-in?handler=provider"); // 200: nothing was begun.
        Assert.NotNull(page.QuerySelector("form[action*='handler=Provider'] button"));
        using (var forged = await visitor.PostWithoutTokenAsync("/staff/sign-in?handler=provider"))
            Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        var (chosen, text) = await visitor.PostToAsync("/staff/sign-in", "provider");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, chosen.StatusCode);
        Assert.Contains("does not answer now", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_password_opens_anything_where_people_sign_in_by_the_provider_only()
    {
        await using var city = new SampleCity { Provider = Silent with { IsOnlyWay = true } };
        await city.InitializeAsync();
        var (member, _, password) = city.Staff.AddWithToken("by-password", Role.Editor);
        using var visitor = new Visitor(city.Url);
        Assert.Null((await visitor.DocumentAsync("/staff/sign-in")).QuerySelector("input[type=password]"));
        using var refused = await visitor.SignInAsync(member.SignIn, password);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("switched off", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.False(await visitor.IsInAsync());
    }
}
