using System.IO.Compression;
using System.Text;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Files.Lists;

namespace SurveillanceRegistry.Files.Tests.Lists;

/// <summary>Lists in the shapes in which cities keep them.</summary>
public sealed class CityListReaderTests
{
    private static readonly CityListReader Reader = new();

    private static CityList Read(string text, ListOptions? options = null) =>
        Read(Encoding.UTF8.GetBytes(text), options ?? new ListOptions());

    internal static CityList Read(ReadOnlyMemory<byte> bytes, ListOptions? options = null) =>
        Reader.Read(bytes, options ?? new ListOptions(), TestContext.Current.CancellationToken);

    [Theory]
    [InlineData("PX,Main,Latitude\r\n12,FIRST ST,43.6\r\n")]
    [InlineData("PX;Main;Latitude\n12;FIRST ST;43.6\n")]
    [InlineData("PX\tMain\tLatitude\n12\tFIRST ST\t43.6")]
    [InlineData("\uFEFFPX;\"Main\";Latitude\n\n12;\"FIRST ST\";43.6\n;;\n")]
    public void A_list_in_CSV_is_read_whatever_separates_its_cells(string text)
    {
        var list = Read(text);
        Assert.Empty(list.Problems);
        Assert.Equal(["PX", "Main", "Latitude"], list.Columns);
        Assert.Equal(["12", "FIRST ST", "43.6"], Assert.Single(list.Rows).Cells);
    }

    [Fact]
    public void A_list_in_UTF16_with_its_mark_is_read()
    {
        foreach (var encoding in new Encoding[] { Encoding.Unicode, Encoding.BigEndianUnicode })
        {
            byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes("Naam;Plaats\nR-1;Café\n")];
            Assert.Equal("Café", Read(bytes, new ListOptions()).Rows[0].Cells[1]);
            var without = Read(bytes.AsMemory(2), new ListOptions());
            Assert.Contains("UTF-16 without a mark", Assert.Single(without.Problems).Found, StringComparison.Ordinal);
            Assert.Equal("Café", Read(bytes.AsMemory(2), new ListOptions("utf-16")).Rows[0].Cells[1]);
        }
    }

    [Fact]
    public void An_older_encoding_is_asked_for_and_shown_and_never_guessed()
    {
        var bytes = Encoding.Latin1.GetBytes("Naam;Plaats\nR-1;Café du Nord\n");
        var problem = Assert.Single(Read(bytes, new ListOptions()).Problems);
        Assert.Equal(2, problem.Row);
        Assert.Contains("Café du Nord", problem.Found, StringComparison.Ordinal);
        Assert.Contains("windows-1252", problem.Expected, StringComparison.Ordinal);
        Assert.Equal("Café du Nord", Read(bytes, new ListOptions("windows-1252")).Rows[0].Cells[1]);
    }

    [Fact]
    public void A_row_with_more_cells_than_columns_is_a_problem_of_that_row()
    {
        var list = Read("a,b\n1,2\n1,2,3\n");
        Assert.Equal((3, "3 cells"), (Assert.Single(list.Problems).Row, list.Problems[0].Found));
    }

    [Fact]
    public void GeoJSON_drops_heights_and_takes_features_without_geometry()
    {
        const string Text = """
            {"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"features":[
            {"type":"Feature","properties":{"PX":12,"on":[90,270]},"geometry":{"type":"Point","coordinates":[-79.3,43.6,12.0]}},
            {"type":"Feature","properties":{"PX":13,"note":"x"},"geometry":null},
            {"type":"Feature","properties":{"PX":14},"geometry":{"type":"Polygon","coordinates":[[[0,0,5],[1,0,5],[1,1,5],[0,0,5]]]}},
            {"type":"Feature","properties":{"PX":15},"geometry":{"type":"LineString","coordinates":[[0,0],[1,0]]}}]}
            """;
        var list = Read(Text);
        Assert.Equal(["PX", "on", "note"], list.Columns);
        Assert.Equal(new Position(-79.3, 43.6), list.Rows[0].Position);
        Assert.Equal("90 270", list.Rows[0].Cells[1]);
        Assert.Null(list.Rows[1].Position);
        Assert.Equal(4, list.Rows[2].Coverage!.Points.Count());
        Assert.Equal((4, "geometry"), (Assert.Single(list.Problems).Row, list.Problems[0].Column));
    }

    [Fact]
    public void Another_reference_system_is_refused_with_its_name()
    {
        const string Text = """
            {"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2019"}},"features":[
            {"type":"Feature","properties":{"PX":12},"geometry":{"type":"Point","coordinates":[314505.5,4836334.7,12.0]}}]}
            """;
        Assert.Contains("urn:ogc:def:crs:EPSG::2019", Assert.Single(Read(Text).Problems).Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_workbook_is_read_and_its_formulas_are_not_run()
    {
        var sheet =
            """<row r="1"><c r="A1" t="inlineStr"><is><t>PX</t></is></c><c r="B1" t="inlineStr"><is><t>Lat</t></is></c></row>"""
            + """<row r="2"><c r="A2" t="inlineStr"><is><t>0042</t></is></c><c r="B2"><f>40+7</f><v>47.5</v></c></row>""";
        var list = Read(Workbook(sheet), new ListOptions());
        Assert.Empty(list.Problems);
        Assert.Equal(["0042", "47.5"], Assert.Single(list.Rows).Cells);
        Assert.Contains("They were not run", Assert.Single(list.Notes), StringComparison.Ordinal);
        var unsaved = Read(Workbook(sheet.Replace("<v>47.5</v>", "", StringComparison.Ordinal)), new ListOptions());
        Assert.Contains("in cell B2", Assert.Single(unsaved.Problems).Found, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_list_is_refused_in_words()
    {
        Assert.Contains("empty", Assert.Single(Read("").Problems).Found, StringComparison.Ordinal);
        Assert.Contains("password", Assert.Single(Read(new byte[] { 0xD0, 0xCF, 0x11, 0xE0, 1 }, new ListOptions()).Problems).Found);
        Assert.Contains("bytes", Assert.Single(Read(new byte[CityList.MaxBytes + 1], new ListOptions()).Problems).Found);
        Assert.Contains("workbook", Assert.Single(Read("PK\u0003\u0004 no zip"u8.ToArray(), new ListOptions()).Problems).Found);
        Assert.Contains("JSON", Assert.Single(Read("{\"type\":").Problems).Found);
    }

    [Fact]
    public void Random_bytes_are_read_or_refused_and_never_throw()
    {
        var random = new Random(20261130);
        byte[][] seeds =
        [
            Encoding.UTF8.GetBytes("PX,Main,Latitude\n12,\"FIRST, ST\",43.6\n"),
            Encoding.Unicode.GetBytes("PX;Main\n1;2\n"),
            Encoding.UTF8.GetBytes("""{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},"geometry":null}]}"""),
            Encoding.UTF8.GetBytes(
                """{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"""
                    + """ "geometry":{"type":"Point","coordinates":[1,2]}}]}"""
            ),
            Workbook("""<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><f>1</f><v>2</v></c></row>"""),
        ];
        for (var round = 0; round < 3000; round++)
        {
            var bytes = seeds[round % seeds.Length].ToArray();
            for (var change = random.Next(1, 6); change > 0; change--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            Read(bytes.AsMemory(0, random.Next(bytes.Length + 1)), new ListOptions(random.Next(4) == 0 ? "windows-1252" : null));
        }
    }

    /// <summary>A workbook.</summary>
    /// <param name="rows">The rows of its sheet.</param>
    /// <param name="texts">The texts that its cells share; null for none.</param>
    /// <param name="sheets">How many sheets name the one part.</param>
    /// <param name="declaration">What the sheet begins with.</param>
    internal static byte[] Workbook(string rows, string? texts = null, int sheets = 1, string declaration = "") =>
        Workbook(
            part =>
            {
                part.Write(declaration + """<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">""");
                part.Write($"<sheetData>{rows}</sheetData></worksheet>");
            },
            texts,
            sheets
        );

    internal static byte[] Workbook(Action<TextWriter> sheet, string? texts = null, int sheets = 1)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "[Content_Types].xml", """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>""");
            Add(
                zip,
                "xl/workbook.xml",
                """<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" """
                    + """xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">"""
                    + $"<sheets>{string.Concat(Enumerable.Range(1, sheets).Select(Sheet))}</sheets></workbook>"
            );
            Add(
                zip,
                "xl/_rels/workbook.xml.rels",
                """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" """
                    + """Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" """
                    + """Target="worksheets/sheet1.xml"/></Relationships>"""
            );
            if (texts is not null)
                Add(
                    zip,
                    "xl/sharedStrings.xml",
                    $"""<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{texts}</sst>"""
                );
            using var part = new StreamWriter(zip.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.Optimal).Open());
            sheet(part);
        }

        return stream.ToArray();

        static string Sheet(int number) =>
            $"""<sheet name="{(number == 1 ? "List" : $"List {number}")}" sheetId="{number}" r:id="rId1"/>""";

        static void Add(ZipArchive zip, string name, string text)
        {
            using var part = zip.CreateEntry(name).Open();
            part.Write(Encoding.UTF8.GetBytes(text));
        }
    }
}
