using System.Net;
using Microsoft.Extensions.Time.Testing;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Staff.FirstAdministrator;
using SurveillanceRegistry.Web.Tests.Fixtures.Staff;

namespace SurveillanceRegistry.Web.Tests.Staff.FirstAdministrator;

/// <summary>The link that makes the first administrator: where it is printed, and when it ends.</summary>
public sealed class FirstAdministratorLinkTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("https://registry.city.example/", "0.0.0.0:8080", null, "https://registry.city.example")]
    [InlineData("http://registry.city.example", "0.0.0.0:8080", "0.0.0.0:8443", "https://localhost:8443")]
    [InlineData("", "127.0.0.1:8080", "10.0.0.7:8443", "https://10.0.0.7:8443")]
    [InlineData("", "127.0.0.1:8080", null, "http://127.0.0.1:8080")]
    [InlineData("http://registry.city.example", "0.0.0.0:8080", null, "http://127.0.0.1:8080")]
    [InlineData("", "[::]:8080", null, "http://[::1]:8080")]
    [InlineData("", "10.0.0.7:8080", null, null)]
    public void The_link_is_printed_for_TLS_or_for_this_machine_alone(string url, string http, string? https, string? origin) =>
        Assert.Equal(origin, FirstAdministratorLink.OriginOf(url, IPEndPoint.Parse(http), https is null ? null : IPEndPoint.Parse(https)));

    [Fact]
    public async Task The_link_ends_after_an_hour()
    {
        using var link = new FirstAdministratorLink(new InMemoryStaffRegister(), _time);
        var token = (await link.CreateAsync(Cancellation))!.Split('/')[^1];
        _time.Advance(FirstAdministratorLink.Lifetime - TimeSpan.FromSeconds(1));
        Assert.True(await link.IsOpenAsync(token, Cancellation));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await link.IsOpenAsync(token, Cancellation));
        Assert.False(await link.UseAsync(token, () => Task.FromResult(true), Cancellation));
    }

    [Fact]
    public async Task Another_path_that_is_sent_in_the_clear_does_not_end_the_link()
    {
        using var link = new FirstAdministratorLink(new InMemoryStaffRegister(), _time);
        var path = (await link.CreateAsync(Cancellation))!;
        link.EndIfSent(path[..^1]);
        link.EndIfSent("/staff/sign-in");
        Assert.True(await link.IsOpenAsync(path.Split('/')[^1], Cancellation));
    }

    [Fact]
    public async Task A_program_is_no_person_and_a_person_ends_the_link()
    {
        var register = new InMemoryStaffRegister();
        using var link = new FirstAdministratorLink(register, _time);
        var token = (await link.CreateAsync(Cancellation))!.Split('/')[^1];
        await AddAsync("program", isProgram: true);
        Assert.True(await link.IsOpenAsync(token, Cancellation));
        await AddAsync("ana", isProgram: false);
        Assert.False(await link.IsOpenAsync(token, Cancellation));
        Assert.Null(await link.CreateAsync(Cancellation));

        Task<bool> AddAsync(string name, bool isProgram) =>
            register.AddAsync(
                new StaffMember(StaffMember.NewId(), name, name, null, [Role.Editor], isProgram, IsActive: true, 1),
                null,
                new Attribution("operator"),
                _time.GetUtcNow(),
                Cancellation
            );
    }
}
