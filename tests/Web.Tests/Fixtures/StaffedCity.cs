using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Web.Tests.Fixtures;

/// <summary>A sample city of its own, so that tests can advance its clock by hours without affecting the devices of other tests.</summary>
public sealed class StaffedCity : IAsyncLifetime
{
    internal SampleCity City { get; } = new();

    public ValueTask InitializeAsync() => City.InitializeAsync();

    public ValueTask DisposeAsync() => City.DisposeAsync();

    /// <summary>Opens a browser without a session.</summary>
    /// <param name="from">The address of the browser's machine.</param>
    internal Visitor Visitor(string from = "127.0.0.1") => new(City.Url, from);

    /// <summary>Signs in a new member of staff with a role.</summary>
    internal async Task<Visitor> SignedInAsync(Role role)
    {
        var (member, _, password) = City.Staff.AddWithToken($"{Domain.Json.Word(role)}-{Guid.NewGuid():n}", role);
        var visitor = Visitor();
        await visitor.SignInAsync(member.SignIn, password);
        return visitor;
    }
}
