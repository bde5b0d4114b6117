using System.Net;
using AngleSharp.Html.Dom;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.Devices;

/// <summary>The lists of names, and the facts of a device that take names from them.</summary>
[Collection(DeviceStaffPages.Name)]
public sealed class NamesPageTests(StaffedCity staffed)
{
    private const string Page = "/staff/devices/city-hall-lobby-1";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_clerk_adds_an_organisation_and_gives_a_device_to_it()
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        var missing = await clerk.PostAsync("/staff/names", ("list", "organisations"), ("name", "WSDOT"), ("of", ""), ("reason", ""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, missing.StatusCode);
        var added = await clerk.PostAsync("/staff/names", ("list", "organisations"), ("name", "WSDOT"), ("of", ""), ("reason", "Owner."));
        Assert.Equal("/staff/names?added=WSDOT", added.Headers.Location?.ToString());
        Assert.Contains("WSDOT was added.", await clerk.HtmlAsync("/staff/names?added=WSDOT"));

        var register = staffed.City.Part<IDeviceRegister>();
        var before = (await register.FindAsync("city-hall-lobby-1", Cancellation))!;
        var version = (await register.VersionAsync(before.Id, Cancellation))!.Value;
        var (half, html) = await clerk.PostToAsync(Page, "Change", Form("47.6", ""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, half.StatusCode);
        var longitude = (IHtmlInputElement)(await Visitor.ParseAsync(html)).QuerySelector("#longitude")!;
        Assert.Equal("true", longitude.GetAttribute("aria-invalid"));

        var (changed, _) = await clerk.PostToAsync(Page, "Change", Form("47.6", "-122.3"));
        Assert.Equal(Page + "?done=changed", changed.Headers.Location?.ToString());
        var after = (FixedDevice)(await register.FindAsync(before.Id, Cancellation))!;
        Assert.Equal(("WSDOT", new Position(-122.3, 47.6)), (after.Owner, after.Position));
        Assert.Equal(new FactSource(FactOrigin.Inspection, null, Confidence.Sourced), after.Sources!["position"]);
        Assert.Contains("latitude 47.6, longitude -122.3 (seen on the spot", await clerk.HtmlAsync(Page));

        // A form without the fields of facts leaves them as they are.
        version++;
        await clerk.PostToAsync(Page, "Change", Form(null, null));
        Assert.Equal("WSDOT", (await register.FindAsync(before.Id, Cancellation))!.Owner);

        (string, string)[] Form(string? latitude, string? longitude) =>
            [
                ("version", $"{version}"),
                .. before.Sensors.Select(sensor => ("sensors", Domain.Json.Word(sensor))),
                ("place", before.Place!),
                ("department", before.Department),
                ("lifecycle", "active"),
                ("change-reason", "Surveyed."),
                .. latitude is null
                    ? ((string, string)[])[]
                    :
                    [
                        ("owner", "WSDOT"),
                        ("latitude", latitude),
                        ("longitude", longitude!),
                        ("fact-source", "inspection"),
                        ("fact-confidence", "sourced"),
                    ],
            ];
    }

    [Fact]
    public async Task Staff_who_are_not_clerks_read_the_lists_and_add_nothing()
    {
        using var auditor = await staffed.SignedInAsync(Role.Auditor);
        Assert.DoesNotContain("Add a name", await auditor.HtmlAsync("/staff/names"));
    }
}
