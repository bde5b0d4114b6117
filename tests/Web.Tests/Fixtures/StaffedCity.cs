using System.Net;
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

    /// <summary>States reason and source of a draft, submits it, and has another person approve.</summary>
    /// <param name="why">The address of the question why.</param>
    internal async Task ApproveAsync(Visitor editor, string why)
    {
        (string, string)[] reason =
        [
            ("reason", "The council said so."),
            ("source-title", "Ordinance 1"),
            ("source-read-on", "2026-11-23"),
            ("confidence", "sourced"),
        ];
        using var stated = await editor.PostAsync(why, reason);
        var change = stated.Headers.Location!.ToString();
        using var submitted = await editor.PostAsync(change, ("version", await VersionAsync(editor, change)), ("act", "submit"));
        using var approver = await SignedInAsync(Role.Approver);
        using var approved = await approver.PostAsync(change, ("version", await VersionAsync(approver, change)), ("act", "approve"));
        Assert.Equal(
            (HttpStatusCode.Redirect, HttpStatusCode.Redirect, HttpStatusCode.Redirect),
            (stated.StatusCode, submitted.StatusCode, approved.StatusCode)
        );
    }

    private static async Task<string> VersionAsync(Visitor visitor, string change) =>
        (await visitor.DocumentAsync(change)).QuerySelector("input[name=version]")!.GetAttribute("value")!;
}
