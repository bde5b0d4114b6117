using System.Net;
using System.Net.Http.Headers;
using System.Text;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.Imports;

/// <summary>The pages on which a clerk takes in a list, without any script.</summary>
public sealed class ImportPagesTests(StaffedCity staffed) : IClassFixture<StaffedCity>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static readonly (string, string)[] Columns =
    [
        ("column-name", "Corner"),
        ("column-latitude", "Lat"),
        ("column-longitude", "Lon"),
        ("column-owner", "Owner"),
        ("default-kind", "traffic-camera"),
        ("default-sensors", "video"),
        ("default-place", "east-precinct-lobby"),
        ("default-department", "police"),
        ("words", "owner: SPD = police"),
        ("source", "city-list"),
        ("confidence", "secondary"),
    ];

    [Fact]
    public async Task A_clerk_sends_a_list_maps_decides_records_and_undoes_it_by_pages_alone()
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        var page = await UploadAsync(clerk, "Owner,Corner,Lat,Lon\nSPD,A & B,47.61,-122.31\nSPD,Near A,47.61001,-122.31001\n");
        Assert.Contains("What the columns mean", await clerk.HtmlAsync(page));

        var (mapped, _) = await ActAsync(clerk, page, "Map", Columns);
        Assert.Equal(page, mapped.Headers.Location?.ToString());
        var html = await clerk.HtmlAsync(page);
        Assert.Contains("May be the same device", html);
        Assert.DoesNotContain("value=\"record\"", html);

        var (decided, _) = await ActAsync(clerk, page, "Record", ("act", "decide"), ("row-3", "new"));
        Assert.Equal(page, decided.Headers.Location?.ToString());
        var seen = (await clerk.DocumentAsync(page)).QuerySelector("[name=seen]")!.GetAttribute("value")!;
        var (silent, text) = await clerk.PostToAsync(page, "Record", ("act", "record"), ("seen", seen), ("record-reason", ""));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, true), (silent.StatusCode, text.Contains("record-reason")));
        await clerk.PostToAsync(page, "Record", ("act", "record"), ("seen", seen), ("record-reason", "Inventory."));
        Assert.Contains("Recorded: 2 devices registered", await clerk.HtmlAsync(page));
        var made = (await staffed.City.Part<IDeviceRegister>().AllAsync(Cancellation))
            .OfType<FixedDevice>()
            .Single(device => device.Position == new Position(-122.31, 47.61));
        Assert.Equal(("police", FactOrigin.CityList), (made.Owner, made.Sources!["position"].Source));

        await clerk.PostToAsync(page, "Undo", ("undo-reason", "Wrong file."));
        Assert.Contains("This list was undone.", await clerk.HtmlAsync(page));
    }

    [Fact]
    public async Task Every_problem_of_a_cell_stands_on_the_page()
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        var page = await UploadAsync(clerk, "Owner,Corner,Lat,Lon\nJane Doe,A,47.61,-122.31\n");
        await ActAsync(clerk, page, "Map", Columns);
        Assert.Contains("Row 2, column Owner: found", await clerk.HtmlAsync(page));
        var (wrong, _) = await ActAsync(clerk, page, "Map", [.. Columns.Where(field => field.Item1 != "words"), ("words", "no words")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
    }

    [Fact]
    public async Task The_export_of_the_fixed_devices_has_no_mobile_device_and_reads_back_to_nothing()
    {
        using var auditor = await staffed.SignedInAsync(Role.Auditor);
        var csv = await auditor.HtmlAsync("/staff/devices.csv");
        Assert.Contains("east-precinct-lobby-1", csv);
        Assert.All(
            staffed.City.Opening.Devices.Where(device => device.KindOf.IsMobile),
            mobile => Assert.DoesNotContain(mobile.Id, csv, StringComparison.Ordinal)
        );
        Assert.StartsWith("id,kind,sensors", (await auditor.HtmlAsync("/staff/imports/template.csv")).TrimStart('\uFEFF'));

        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        var page = await UploadAsync(clerk, csv);
        var import = await staffed.City.Part<IListImportRegister>().FindAsync(page.Split('/')[^1], Cancellation);
        var preview = await staffed.City.Part<Web.Devices.Imports.ListReading>().PreviewAsync("st-1", import!, Cancellation);
        Assert.Empty(preview.Problems);
        Assert.Equal((true, 0), (preview.Compared.IsEmpty, preview.Compared.Undecided.Count()));
    }

    /// <summary>Sends a form with the version of the draft that it shows.</summary>
    private static async Task<(HttpResponseMessage Answer, string Text)> ActAsync(
        Visitor clerk,
        string page,
        string handler,
        params (string, string)[] fields
    )
    {
        var version = (await clerk.DocumentAsync(page)).QuerySelector("[name=version]")!.GetAttribute("value")!;
        return await clerk.PostToAsync(page, handler, [.. fields, ("version", version)]);
    }

    private static async Task<string> UploadAsync(Visitor clerk, string csv)
    {
        var token = (await clerk.DocumentAsync("/staff/imports"))
            .QuerySelector("[name=__RequestVerificationToken]")!
            .GetAttribute("value")!;
        using var form = new MultipartFormDataContent
        {
            { new StringContent(token), "__RequestVerificationToken" },
            { new StringContent("corners"), "list" },
        };
        var file = new ByteArrayContent(Encoding.UTF8.GetBytes(csv));
        file.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        form.Add(file, "file", "cameras.csv");
        using var answer = await clerk.PostContentAsync("/staff/imports", form);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.Location!.ToString();
    }
}
