/** The ceiling: a bare Express application that parses a JSON body and answers it, and nothing else. `node echo.js PORT`. */
import express from 'express';

const app = express();
app.use(express.json());
app.post('/', (request, response) => {
  response.json(request.body);
});
app.get('/', (_request, response) => {
  response.end();
});
app.listen(Number(process.argv[2]), '127.0.0.1');
